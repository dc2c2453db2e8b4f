import { Body, Controller, HttpCode, Inject, Param, Post, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { ReplayEventRequest } from './dto/replay.request';
import { ReplayResponse } from './dto/replay.response';
import { toReplayResponse } from './replay.mapper';
import { ReplaysService } from './replays.service';

/** Apart from the other routes of events, which take no `Idempotency-Key`. */
@ApiTags('Replays')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/events')
export class EventReplaysController {
  constructor(@Inject(ReplaysService) private readonly replays: ReplaysService) {}

  @Post(':tracking_id/replay')
  @HttpCode(202)
  @RequireScope('replay')
  @ApiOperation({
    operationId: 'replayEvent',
    summary: 'Replay the dead and the cancelled deliveries of one event',
    description:
      'As `POST /v1/replays` does for many. What filter or mapping turned away is asked again with `include_cancelled` alone.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async replay(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Param('tracking_id') trackingId: string,
    @Body() request: ReplayEventRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayResponse> {
    const id = pathId('event', trackingId);
    const replay = toReplayResponse(unwrap(await this.replays.replayEvent(tenantId, actor, id, request)));
    void reply.header('location', replay.links.self);
    return replay;
  }
}
