import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageResponse } from '../../http/pagination';
import { PayloadsShown } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import { DeliveryAdvisor } from '../dead-letters/delivery-advisor';
import { ListReplaysQuery, ReplayItemsQuery, StartReplayRequest } from './dto/replay.request';
import { ReplayItemListResponse, ReplayListResponse, ReplayResponse } from './dto/replay.response';
import { toItemResponse, toReplayResponse } from './replay.mapper';
import { ReplaysService } from './replays.service';

@ApiTags('Replays')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/replays')
export class ReplaysController {
  constructor(
    @Inject(ReplaysService) private readonly replays: ReplaysService,
    @Inject(DeliveryAdvisor) private readonly advisor: DeliveryAdvisor,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope('replay')
  @ApiOperation({
    operationId: 'startReplay',
    summary: 'Replay deliveries by filter or by event, or deliver what a route missed',
    description:
      'Makes new deliveries that repeat old ones under the same key towards the vendor, so that it repairs and never doubles; history stays as it was. They go out in order of acceptance. It goes on after a restart. A dry run only shows what would be sent. With `missing`, events that a route never took are delivered along it: 409 `event_archived` when some of their time is in the archive, and says from when on it can; 409 `route_disabled` while the route is off.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async start(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Body() request: StartReplayRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayResponse> {
    const replay = toReplayResponse(unwrap(await this.replays.start(tenantId, actor, request)));
    void reply.header('location', replay.links.self);
    return replay;
  }

  @Get()
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'listReplays', summary: 'Replays, retries and cancellations, newest first' })
  @ApiResponse({ status: 200, type: ReplayListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenantId: string, @Query() query: ListReplaysQuery): Promise<ReplayListResponse> {
    return pageResponse(await this.replays.list(tenantId, query), query.limit, toReplayResponse);
  }

  @Get(':id')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'getReplay', summary: 'One replay, and how far it has got' })
  @ApiResponse({ status: 200, type: ReplayResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenantId: string, @Param('id') id: string): Promise<ReplayResponse> {
    return toReplayResponse(unwrap(await this.replays.find(tenantId, pathId('replay', id))));
  }

  @Get(':id/items')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listReplayItems',
    summary: 'What has become of each delivery of a replay; of a dry run, what would be sent',
    description: 'Payloads, and the values in which they differ, are shown to keys with the scope `payloads:read`.',
  })
  @ApiResponse({ status: 200, type: ReplayItemListResponse, description: 'One page, newest delivery first.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async items(
    @Tenant() tenantId: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Query() query: ReplayItemsQuery,
  ): Promise<ReplayItemListResponse> {
    const rows = unwrap(await this.replays.items(tenantId, pathId('replay', id), query));
    return pageResponse(rows, query.limit, (row) => toItemResponse(row, this.advisor, shown));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @RequireScope('replay')
  @ApiOperation({
    operationId: 'cancelReplay',
    summary: 'Take nothing more up, and take back what still waits',
    description: 'What is being sent this moment cannot be called back. What a retry has taken up goes on.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse, description: 'Cancelling.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async cancel(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<ReplayResponse> {
    return toReplayResponse(unwrap(await this.replays.cancel(tenantId, actor, pathId('replay', id))));
  }
}
