import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { type FastifyReply } from 'fastify';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAuditFilter, toCheckpointResponse } from '../audit-log/audit-log.mapper';
import { AuditCheckpointResponse } from '../audit-log/dto/audit-log.dto';
import { toExportResponse } from './audit-export.mapper';
import { ARCHIVE_CONTENT } from './audit-exports.controller';
import {
  AuditExportListResponse,
  AuditExportResponse,
  CreateTenantAuditExportRequest,
  ListAuditExportsQuery,
} from './dto/audit-export.dto';
import { sendArchive } from './send-archive';
import { TenantAuditExportsService } from './tenant-audit-exports.service';

const baseOf = (tenant: string): string => `/admin/v1/tenants/${tenant}/audit-exports`;

/** Of one tenant's chain, whatever has become of the tenant. */
@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/tenants/:id')
export class TenantAuditExportsController {
  constructor(@Inject(TenantAuditExportsService) private readonly exports: TenantAuditExportsService) {}

  @Post('audit-exports')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createTenantAuditExport',
    summary: 'Have the audit log of a tenant written to an archive, for a reason',
    description:
      'Of an active, a suspended or an erased tenant. Who asked and why, and each download, is in the tenant’s chain and in the operators’.',
  })
  @ApiResponse({ status: 202, type: AuditExportResponse, description: 'A worker makes it; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 413, 415, 422, 429, 503)
  async create(
    @Actor() actor: AuditActor,
    @Param('id') tenant: string,
    @Body() { format, filter, reason }: CreateTenantAuditExportRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AuditExportResponse> {
    const wanted = { format, filter: toAuditFilter(filter), reason };
    const created = toExportResponse(baseOf(tenant))(
      unwrap(await this.exports.create(pathId('tenant', tenant), actor, wanted)),
    );
    void reply.header('location', `${baseOf(tenant)}/${created.id}`);
    return created;
  }

  @Get('audit-exports')
  @ApiOperation({
    operationId: 'listTenantAuditExports',
    summary: 'Exports of a tenant’s audit log that operators asked for, newest first',
  })
  @ApiResponse({ status: 200, type: AuditExportListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async list(@Param('id') tenant: string, @Query() query: ListAuditExportsQuery): Promise<AuditExportListResponse> {
    const rows = unwrap(await this.exports.list(pathId('tenant', tenant), pageOf(query)));
    return pageResponse(rows, query.limit, toExportResponse(baseOf(tenant)));
  }

  @Get('audit-exports/:export_id')
  @ApiOperation({ operationId: 'getTenantAuditExport', summary: 'One export, and how far it has got' })
  @ApiResponse({ status: 200, type: AuditExportResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Param('id') tenant: string, @Param('export_id') id: string): Promise<AuditExportResponse> {
    const row = unwrap(await this.exports.find(pathId('tenant', tenant), pathId('auditExport', id)));
    return toExportResponse(baseOf(tenant))(row);
  }

  @Get('audit-exports/:export_id/download')
  @ApiOperation({ operationId: 'downloadTenantAuditExport', summary: 'The archive' })
  @ApiResponse({ status: 200, description: 'A .tar.gz.', content: ARCHIVE_CONTENT })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async download(
    @Actor() actor: AuditActor,
    @Param('id') tenant: string,
    @Param('export_id') id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const archive = await this.exports.download(pathId('tenant', tenant), actor, pathId('auditExport', id));
    await sendArchive(reply, unwrap(archive));
  }

  @Get('audit-checkpoint')
  @ApiOperation({
    operationId: 'getTenantAuditCheckpoint',
    summary: 'The newest signed checkpoint of a tenant’s chain, and the keys to check an export with',
  })
  @ApiResponse({ status: 200, type: AuditCheckpointResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async checkpoint(@Param('id') tenant: string): Promise<AuditCheckpointResponse> {
    return toCheckpointResponse(unwrap(await this.exports.checkpoint(pathId('tenant', tenant))));
  }
}
