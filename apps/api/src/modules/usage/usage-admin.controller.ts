import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OperatorOnly } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { UsageQuery } from './dto/usage.request';
import { UsageResponse } from './dto/usage.response';
import { UsageAdminService } from './usage-admin.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/tenants')
export class UsageAdminController {
  constructor(@Inject(UsageAdminService) private readonly usage: UsageAdminService) {}

  @Get(':id/usage')
  @ApiOperation({
    operationId: 'getTenantUsage',
    summary: 'What a tenant used, day by day',
    description:
      'The figures of the tenant’s own usage, of an active or a suspended tenant. Of an erased one none are left.',
  })
  @ApiResponse({ status: 200, type: UsageResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async read(@Param('id') id: string, @Query() query: UsageQuery): Promise<UsageResponse> {
    return unwrap(await this.usage.read(pathId('tenant', id), query));
  }
}
