import { Controller, Get, Inject } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OperatorOnly } from '../../http/access';
import { ProblemResponses } from '../../http/openapi';
import { PlatformHealthResponse } from './dto/platform-health.response';
import { toPlatformHealthResponse } from './platform-health.mapper';
import { PlatformHealthService } from './platform-health.service';

@ApiTags('Operators')
@ApiBearerAuth('operator_key')
@OperatorOnly()
@Controller('admin/v1/health')
export class PlatformHealthController {
  constructor(@Inject(PlatformHealthService) private readonly health: PlatformHealthService) {}

  @Get()
  @ApiOperation({
    operationId: 'getPlatformHealth',
    summary: 'Processes of the hub with their last heartbeat, queues, and the oldest delivery that is due',
  })
  @ApiResponse({ status: 200, type: PlatformHealthResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 429, 503)
  async look(): Promise<PlatformHealthResponse> {
    return toPlatformHealthResponse(await this.health.look(), new Date());
  }
}
