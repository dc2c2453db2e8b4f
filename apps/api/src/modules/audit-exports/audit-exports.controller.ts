import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { type FastifyReply } from 'fastify';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAuditFilter } from '../audit-log/audit-log.mapper';
import { toExportResponse } from './audit-export.mapper';
import { AuditExportsService } from './audit-exports.service';
import {
  AuditExportListResponse,
  AuditExportResponse,
  CreateAuditExportRequest,
  ListAuditExportsQuery,
} from './dto/audit-export.dto';
import { sendArchive } from './send-archive';

const BASE = '/v1/audit-exports';
const toResponse = toExportResponse(BASE);
export const ARCHIVE_CONTENT = { 'application/gzip': { schema: { type: 'string', format: 'binary' } } } as const;

@ApiTags('Audit')
@ApiBearerAuth('api_key')
@RequireScope('audit:read')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/audit-exports')
export class AuditExportsController {
  constructor(@Inject(AuditExportsService) private readonly exports: AuditExportsService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createAuditExport',
    summary: 'Have the audit log written to an archive that can be checked offline',
  })
  @ApiResponse({ status: 202, type: AuditExportResponse, description: 'A worker makes it; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateAuditExportRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditExportResponse> {
    const { format, filter } = request;
    const created = toResponse(await this.exports.create(tenant, actor, format, toAuditFilter(filter)));
    void reply.header('location', `${BASE}/${created.id}`);
    return created;
  }

  @Get()
  @ApiOperation({ operationId: 'listAuditExports', summary: 'Exports, newest first' })
  @ApiResponse({ status: 200, type: AuditExportListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListAuditExportsQuery): Promise<AuditExportListResponse> {
    return pageResponse(await this.exports.list(tenant, pageOf(query)), query.limit, toResponse);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getAuditExport', summary: 'One export, and how far it has got' })
  @ApiResponse({ status: 200, type: AuditExportResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<AuditExportResponse> {
    return toResponse(unwrap(await this.exports.find(tenant, pathId('auditExport', id))));
  }

  @Get(':id/download')
  @ApiOperation({
    operationId: 'downloadAuditExport',
    summary: 'The archive: records, checkpoints, keys, a signed manifest and the program that checks them',
  })
  @ApiResponse({ status: 200, description: 'A .tar.gz.', content: ARCHIVE_CONTENT })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async download(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendArchive(reply, unwrap(await this.exports.download(tenant, actor, pathId('auditExport', id))));
  }
}
