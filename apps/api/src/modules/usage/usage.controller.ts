import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type KeyIdentity } from '@hub/tenancy';
import { Caller, RequireScope } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { ProblemResponses } from '../../http/openapi';
import { UsageQuery } from './dto/usage.request';
import { UsageResponse } from './dto/usage.response';
import { toUsageResponse } from './usage.mapper';
import { UsageService } from './usage.service';

@ApiTags('Balance and usage')
@ApiBearerAuth('api_key')
@Controller('v1/usage')
export class UsageController {
  constructor(@Inject(UsageService) private readonly usage: UsageService) {}

  @Get()
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'getUsage',
    summary: 'What you used, day by day',
    description: 'Days by UTC; those on which nothing happened are left out. Figures are some seconds old.',
  })
  @ApiResponse({ status: 200, type: UsageResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async read(@Caller() caller: KeyIdentity, @Query() query: UsageQuery): Promise<UsageResponse> {
    return toUsageResponse(unwrap(await this.usage.read(caller.tenantId, query)), caller.rateLimitPerMinute);
  }
}
