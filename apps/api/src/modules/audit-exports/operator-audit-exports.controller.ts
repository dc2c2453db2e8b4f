import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OPERATORS_CHAIN, type AuditActor } from '@hub/audit';
import { type FastifyReply } from 'fastify';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAuditFilter } from '../audit-log/audit-log.mapper';
import { toExportResponse } from './audit-export.mapper';
import { ARCHIVE_CONTENT } from './audit-exports.controller';
import { AuditExportsService } from './audit-exports.service';
import {
  AuditExportListResponse,
  AuditExportResponse,
  CreateAuditExportRequest,
  ListAuditExportsQuery,
} from './dto/audit-export.dto';
import { sendArchive } from './send-archive';

const BASE = '/admin/v1/audit-exports';
const toResponse = toExportResponse(BASE);

/** Of the operators' own chain. */
@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/audit-exports')
export class OperatorAuditExportsController {
  constructor(@Inject(AuditExportsService) private readonly exports: AuditExportsService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createOperatorAuditExport',
    summary: 'Have the operators’ chain written to an archive',
  })
  @ApiResponse({ status: 202, type: AuditExportResponse, description: 'A worker makes it; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 413, 415, 422, 429, 503)
  async create(
    @Actor() actor: AuditActor,
    @Body() { format, filter }: CreateAuditExportRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditExportResponse> {
    const created = toResponse(await this.exports.create(OPERATORS_CHAIN, actor, format, toAuditFilter(filter)));
    void reply.header('location', `${BASE}/${created.id}`);
    return created;
  }

  @Get()
  @ApiOperation({ operationId: 'listOperatorAuditExports', summary: 'Exports of the operators’ chain, newest first' })
  @ApiResponse({ status: 200, type: AuditExportListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Query() query: ListAuditExportsQuery): Promise<AuditExportListResponse> {
    return pageResponse(await this.exports.list(OPERATORS_CHAIN, pageOf(query)), query.limit, toResponse);
  }

  @Get(':export_id')
  @ApiOperation({ operationId: 'getOperatorAuditExport', summary: 'One export, and how far it has got' })
  @ApiResponse({ status: 200, type: AuditExportResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Param('export_id') id: string): Promise<AuditExportResponse> {
    return toResponse(unwrap(await this.exports.find(OPERATORS_CHAIN, pathId('auditExport', id))));
  }

  @Get(':export_id/download')
  @ApiOperation({ operationId: 'downloadOperatorAuditExport', summary: 'The archive' })
  @ApiResponse({ status: 200, description: 'A .tar.gz.', content: ARCHIVE_CONTENT })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async download(
    @Actor() actor: AuditActor,
    @Param('export_id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendArchive(reply, unwrap(await this.exports.download(OPERATORS_CHAIN, actor, pathId('auditExport', id))));
  }
}
