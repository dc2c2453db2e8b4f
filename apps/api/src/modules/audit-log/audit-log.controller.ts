import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAuditFilter, toAuditRecordResponse, toCheckpointResponse, toSettingsResponse } from './audit-log.mapper';
import { AuditLogService } from './audit-log.service';
import {
  AuditCheckpointResponse,
  AuditRecordListResponse,
  AuditRecordResponse,
  AuditSettingsResponse,
  ErasePersonalRequest,
  ListAuditLogQuery,
  UpdateAuditSettingsRequest,
} from './dto/audit-log.dto';

@ApiTags('Audit')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1')
export class AuditLogController {
  constructor(@Inject(AuditLogService) private readonly log: AuditLogService) {}

  @Get('audit-log')
  @RequireScope('audit:read')
  @ApiOperation({
    operationId: 'listAuditLog',
    summary: 'Who changed what, newest first',
    description: 'Records form a chain of hashes that an export proves; see docs/audit.md.',
  })
  @ApiResponse({ status: 200, type: AuditRecordListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 422, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListAuditLogQuery): Promise<AuditRecordListResponse> {
    const rows = await this.log.list(tenant, pageOf(query), toAuditFilter(query));
    return pageResponse(rows, query.limit, toAuditRecordResponse(tenant));
  }

  @Get('audit-log/:id')
  @RequireScope('audit:read')
  @ApiOperation({ operationId: 'getAuditRecord', summary: 'One record' })
  @ApiResponse({ status: 200, type: AuditRecordResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<AuditRecordResponse> {
    return toAuditRecordResponse(tenant)(unwrap(await this.log.find(tenant, pathId('auditRecord', id))));
  }

  @Get('audit-checkpoint')
  @RequireScope('audit:read')
  @ApiOperation({
    operationId: 'getAuditCheckpoint',
    summary: 'The newest signed checkpoint, and the keys to check it with',
    description:
      'Fetch and keep it from time to time: whoever holds a checkpoint can prove that nothing before it was changed or cut off since.',
  })
  @ApiResponse({ status: 200, type: AuditCheckpointResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async checkpoint(@Tenant() tenant: string): Promise<AuditCheckpointResponse> {
    return toCheckpointResponse(await this.log.checkpoint(tenant));
  }

  @Get('audit-settings')
  @RequireScope('audit:read')
  @ApiOperation({ operationId: 'getAuditSettings', summary: 'How long the audit log is kept' })
  @ApiResponse({ status: 200, type: AuditSettingsResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async settings(@Tenant() tenant: string): Promise<AuditSettingsResponse> {
    return toSettingsResponse(await this.log.retention(tenant));
  }

  @Put('audit-settings')
  @RequireScope('members:write')
  @ApiOperation({ operationId: 'updateAuditSettings', summary: 'Keep the audit log longer or shorter' })
  @ApiResponse({ status: 200, type: AuditSettingsResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async updateSettings(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: UpdateAuditSettingsRequest,
  ): Promise<AuditSettingsResponse> {
    return toSettingsResponse(unwrap(await this.log.setRetention(tenant, actor, request.retention_days)));
  }

  @Post('audit-log/erasures')
  @HttpCode(204)
  @RequireScope('members:write')
  @ApiOperation({
    operationId: 'eraseAuditPersonalFields',
    summary: 'Erase what the log says of a person; the records and their chain stay',
    description:
      'Label, addresses and programs of the actor cannot be brought back, in no copy that holds them sealed. Refused under a legal hold of either side (`legal_hold`).',
  })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async erase(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() { subject, reason }: ErasePersonalRequest,
  ): Promise<void> {
    unwrap(await this.log.erase(tenant, actor, subject, reason));
  }
}
