import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OPERATORS_CHAIN } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { toAuditFilter, toAuditRecordResponse, toCheckpointResponse } from './audit-log.mapper';
import { AuditLogService } from './audit-log.service';
import {
  AuditCheckpointResponse,
  AuditRecordListResponse,
  AuditRecordResponse,
  ListAuditLogQuery,
} from './dto/audit-log.dto';

const toResponse = toAuditRecordResponse(OPERATORS_CHAIN);

/** The operators' own chain: what was done to whole tenants, by whom. Tenants' chains are the tenants'. */
@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1')
export class OperatorAuditLogController {
  constructor(@Inject(AuditLogService) private readonly log: AuditLogService) {}

  @Get('audit-log')
  @ApiOperation({ operationId: 'listOperatorAuditLog', summary: 'What operators did, newest first' })
  @ApiResponse({ status: 200, type: AuditRecordListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 422, 429, 503)
  async list(@Query() query: ListAuditLogQuery): Promise<AuditRecordListResponse> {
    const rows = await this.log.list(OPERATORS_CHAIN, pageOf(query), toAuditFilter(query));
    return pageResponse(rows, query.limit, toResponse);
  }

  @Get('audit-log/:record_id')
  @ApiOperation({ operationId: 'getOperatorAuditRecord', summary: 'One record' })
  @ApiResponse({ status: 200, type: AuditRecordResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Param('record_id') id: string): Promise<AuditRecordResponse> {
    return toResponse(unwrap(await this.log.find(OPERATORS_CHAIN, pathId('auditRecord', id))));
  }

  @Get('audit-checkpoint')
  @ApiOperation({
    operationId: 'getOperatorAuditCheckpoint',
    summary: 'The newest signed checkpoint of the operators’ chain, and the keys to check it with',
  })
  @ApiResponse({ status: 200, type: AuditCheckpointResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async checkpoint(): Promise<AuditCheckpointResponse> {
    return toCheckpointResponse(await this.log.checkpoint(OPERATORS_CHAIN));
  }
}
