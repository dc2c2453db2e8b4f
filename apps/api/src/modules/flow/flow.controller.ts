import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope, Tenant } from '../../http/access';
import { ProblemResponses } from '../../http/openapi';
import { FlowResponse } from './dto/flow.response';
import { toFlowResponse } from './flow.mapper';
import { FlowService } from './flow.service';

@ApiTags('Balance and usage')
@ApiBearerAuth('api_key')
@Controller('v1/flow')
export class FlowController {
  constructor(@Inject(FlowService) private readonly flow: FlowService) {}

  @Get()
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'getFlow',
    summary: 'Who feeds whom: connections, syncs, routes, and what went along them in the last 24 hours',
    description:
      'Shows the newest 200 connections, 500 syncs and 500 routes, and counts the newest 50,000 deliveries; `counted_from` tells how far back they reach.',
  })
  @ApiResponse({ status: 200, type: FlowResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async read(@Tenant() tenant: string): Promise<FlowResponse> {
    return toFlowResponse(await this.flow.read(tenant));
  }
}
