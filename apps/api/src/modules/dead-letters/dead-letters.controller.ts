import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { ReplayResponse } from '../replays/dto/replay.response';
import { toReplayResponse } from '../replays/replay.mapper';
import { DeadLettersService } from './dead-letters.service';
import { CancelDeadLettersRequest, DeadLetterGroupsQuery, RetryDeadLettersRequest } from './dto/dead-letter.request';
import { DeadLetterGroupsResponse } from './dto/dead-letter.response';

@ApiTags('Dead letters')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLettersService) private readonly deadLetters: DeadLettersService) {}

  @Get('groups')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listDeadLetterGroups',
    summary: 'Open dead letters by cause, with what to do',
    description:
      'Dead deliveries that no replay has taken up, grouped by connection, route, operation, category and code; the group with the newest one first. The dead letters themselves: `GET /v1/deliveries?status=dead&replayed=false`.',
  })
  @ApiResponse({ status: 200, type: DeadLetterGroupsResponse, description: 'One page of groups.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  groups(@Tenant() tenantId: string, @Query() query: DeadLetterGroupsQuery): Promise<DeadLetterGroupsResponse> {
    return this.deadLetters.groups(tenantId, query);
  }

  @Post('retry')
  @HttpCode(202)
  @RequireScope('deliveries:write')
  @ApiOperation({
    operationId: 'retryDeadLetters',
    summary: 'Take dead letters up again as they were',
    description:
      'A job: follow and cancel it as a replay. Where the mapping was at fault, replay with mapping "current" instead: a retry sends the same payload again.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async retry(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Body() request: RetryDeadLettersRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayResponse> {
    return planned(toReplayResponse(unwrap(await this.deadLetters.takeUp(tenantId, actor, 'retry', request))), reply);
  }

  @Post('cancel')
  @HttpCode(202)
  @RequireScope('deliveries:write')
  @ApiOperation({
    operationId: 'cancelDeadLetters',
    summary: 'Give dead letters up',
    description: 'A job, as of a retry. Their events stay failed: the records did not arrive.',
  })
  @ApiResponse({ status: 202, type: ReplayResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async cancel(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Body() request: CancelDeadLettersRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayResponse> {
    return planned(toReplayResponse(unwrap(await this.deadLetters.takeUp(tenantId, actor, 'cancel', request))), reply);
  }
}

function planned(replay: ReplayResponse, reply: FastifyReply): ReplayResponse {
  void reply.header('location', replay.links.self);
  return replay;
}
