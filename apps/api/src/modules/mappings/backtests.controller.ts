import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { PayloadsShown } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import { toBacktestResponse, toItemListResponse } from './backtest.mapper';
import { BacktestsService } from './backtests.service';
import {
  BacktestItemListResponse,
  BacktestListResponse,
  BacktestResponse,
  CreateBacktestRequest,
  ListBacktestItemsQuery,
  ListBacktestsQuery,
} from './dto/backtest.dto';

@ApiTags('Mappings')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/mappings/:id')
export class BacktestsController {
  constructor(@Inject(BacktestsService) private readonly backtests: BacktestsService) {}

  @Post('backtest')
  @HttpCode(202)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'startBacktest',
    summary: 'Run a draft over recent real events, beside the published version and what was sent',
    description: 'Nothing is delivered. It is run by the worker, newest event first; follow it by its id.',
  })
  @ApiResponse({ status: 202, type: BacktestResponse, description: 'Planned; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: CreateBacktestRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BacktestResponse> {
    const row = unwrap(await this.backtests.create(tenant, actor, pathId('mapping', id), request));
    const created = toBacktestResponse(row);
    void reply.header('location', `/v1/mappings/${id}/backtests/${created.id}`);
    return created;
  }

  @Get('backtests')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listBacktests', summary: 'Back-tests of a mapping, newest first; kept for seven days' })
  @ApiResponse({ status: 200, type: BacktestListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async list(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: ListBacktestsQuery,
  ): Promise<BacktestListResponse> {
    const rows = unwrap(await this.backtests.list(tenant, pathId('mapping', id), pageOf(query)));
    return pageResponse(rows, query.limit, toBacktestResponse);
  }

  @Get('backtests/:backtest_id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getBacktest', summary: 'One back-test, how far it has got and what it has found' })
  @ApiResponse({ status: 200, type: BacktestResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Param('backtest_id') backtestId: string,
  ): Promise<BacktestResponse> {
    return toBacktestResponse(
      unwrap(await this.backtests.find(tenant, pathId('mapping', id), pathId('backtest', backtestId))),
    );
  }

  @Get('backtests/:backtest_id/items')
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listBacktestItems',
    summary: 'What the draft does to each event, newest event first',
    description:
      'Values of payloads, and whatever may be made of them, are shown to callers with `payloads:read` alone.',
  })
  @ApiResponse({ status: 200, type: BacktestItemListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async items(
    @Tenant() tenant: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Param('backtest_id') backtestId: string,
    @Query() { limit, cursor, outcome, was_sent: wasSent }: ListBacktestItemsQuery,
  ): Promise<BacktestItemListResponse> {
    const page = { limit, after: cursor ?? 0 };
    const [mapping, backtest] = [pathId('mapping', id), pathId('backtest', backtestId)];
    const rows = unwrap(await this.backtests.items(tenant, mapping, backtest, page, { outcome, wasSent }));
    return toItemListResponse(rows, limit, shown);
  }

  @Post('backtests/:backtest_id/cancel')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'cancelBacktest', summary: 'End a back-test; what it has found so far stays' })
  @ApiResponse({ status: 200, type: BacktestResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async cancel(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Param('backtest_id') backtestId: string,
  ): Promise<BacktestResponse> {
    return toBacktestResponse(
      unwrap(await this.backtests.cancel(tenant, actor, pathId('mapping', id), pathId('backtest', backtestId))),
    );
  }
}
