import { Body, Controller, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { OperatorOnly } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { PutRetentionBoundsRequest } from './dto/retention.request';
import { RetentionBoundsResponse } from './dto/retention.response';
import { RetentionAdminService } from './retention-admin.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/tenants')
export class RetentionAdminController {
  constructor(@Inject(RetentionAdminService) private readonly retention: RetentionAdminService) {}

  @Get(':id/retention')
  @ApiOperation({
    operationId: 'getRetentionBounds',
    summary: 'Bounds of a tenant’s retention, and the operator’s hold',
  })
  @ApiResponse({ status: 200, type: RetentionBoundsResponse, description: 'As set, and as it holds.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async get(@Param('id') id: string): Promise<RetentionBoundsResponse> {
    return unwrap(await this.retention.find(pathId('tenant', id)));
  }

  @Put(':id/retention')
  @ApiOperation({
    operationId: 'putRetentionBounds',
    summary: 'Set bounds of a tenant’s retention, and a legal hold that the tenant cannot take back',
    description: 'All members, each time. What the tenant has asked for beyond them is cut to them.',
  })
  @ApiResponse({ status: 200, type: RetentionBoundsResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 413, 415, 422, 429, 503)
  async put(
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: PutRetentionBoundsRequest,
  ): Promise<RetentionBoundsResponse> {
    return unwrap(await this.retention.put(actor, pathId('tenant', id), request));
  }
}
