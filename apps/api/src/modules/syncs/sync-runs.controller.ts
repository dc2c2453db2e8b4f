import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { problem, type Problem } from '@hub/platform';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { HubProblem, unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { ListRunsQuery, RunSyncRequest } from './dto/sync.request';
import { SyncRunListResponse, SyncRunResponse } from './dto/sync.response';
import { toRunRequest, toRunResponse } from './sync.mapper';
import { SyncsService } from './syncs.service';

@ApiTags('Syncs')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/syncs/:id')
export class SyncRunsController {
  constructor(@Inject(SyncsService) private readonly syncs: SyncsService) {}

  @Post('run')
  @HttpCode(202)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'runSync',
    summary: 'Run now, back-fill from a date, or read every record',
    description: 'Changes that are being pulled already are not pulled twice: the answer is the run that is under way.',
  })
  @ApiResponse({ status: 202, type: SyncRunResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async run(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { mode, from, allow_deletions: allowDeletions }: RunSyncRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SyncRunResponse> {
    if (mode === 'full' && from !== undefined) throw new HubProblem(FROM_OF_FULL);
    if (mode !== 'full' && allowDeletions !== undefined) throw new HubProblem(DELETIONS_OF_CHANGES);
    const request = toRunRequest(mode, from === undefined ? null : new Date(from), allowDeletions === true);
    const run = toRunResponse(unwrap(await this.syncs.run(tenant, actor, pathId('sync', id), request)));
    void reply.header('location', `/v1/syncs/${run.sync_id}/runs/${run.id}`);
    return run;
  }

  @Get('runs')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listSyncRuns', summary: 'Runs of a sync, newest first: the last thousand are kept' })
  @ApiResponse({ status: 200, type: SyncRunListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async list(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: ListRunsQuery,
  ): Promise<SyncRunListResponse> {
    const { kind, status } = query;
    const rows = unwrap(await this.syncs.listRuns(tenant, pathId('sync', id), pageOf(query), { kind, status }));
    return pageResponse(rows, query.limit, toRunResponse);
  }

  @Get('runs/:run_id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getSyncRun', summary: 'One run, and how far it has got' })
  @ApiResponse({ status: 200, type: SyncRunResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Param('run_id') runId: string,
  ): Promise<SyncRunResponse> {
    return toRunResponse(unwrap(await this.syncs.findRun(tenant, pathId('sync', id), pathId('syncRun', runId))));
  }
}

const FROM_OF_FULL = notAllowed('/from', 'A whole listing has no beginning: leave `from` out.');
const DELETIONS_OF_CHANGES = notAllowed('/allow_deletions', 'Only a whole listing finds what is gone: leave it out.');

function notAllowed(pointer: string, message: string): Problem {
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
    faults: [{ pointer, code: 'not_allowed', message }],
  });
}
