import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope, Tenant } from '../../http/access';
import { ProblemResponses } from '../../http/openapi';
import { toActivityResponse } from './activity.mapper';
import { ActivityService } from './activity.service';
import { ActivityResponse } from './dto/activity.response';

@ApiTags('Balance and usage')
@ApiBearerAuth('api_key')
@Controller('v1/activity')
export class ActivityController {
  constructor(@Inject(ActivityService) private readonly activity: ActivityService) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'getActivity',
    summary: 'The last 24 hours: how long deliveries took, and what each connection did and has left',
    description:
      'Hours by UTC, all 24 of them, the present one last. Counted as calls end and written every ten seconds, so the newest figures are some seconds old, and a worker that is killed takes seconds of them with it: what must be exact is in `/v1/balance`. Shows the newest 200 connections.',
  })
  @ApiResponse({ status: 200, type: ActivityResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async read(@Tenant() tenant: string): Promise<ActivityResponse> {
    return toActivityResponse(await this.activity.read(tenant));
  }
}
