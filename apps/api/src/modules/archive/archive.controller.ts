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
import { pathId } from '../../http/validation';
import { toObjectResponse, toRestoreResponse } from './archive.mapper';
import { ArchiveService } from './archive.service';
import { ListArchiveObjectsQuery, ListRestoresQuery, StartRestoreRequest } from './dto/archive.request';
import { ArchiveObjectListResponse, RestoreListResponse, RestoreResponse } from './dto/archive.response';

@ApiTags('Archive')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/archive')
export class ArchiveController {
  constructor(@Inject(ArchiveService) private readonly archive: ArchiveService) {}

  @Get('objects')
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listArchiveObjects',
    summary: 'What has been archived, newest first',
    description:
      'One entry for each object of the store. A single event is read with `GET /v1/events/{tracking_id}`, archived or not.',
  })
  @ApiResponse({ status: 200, type: ArchiveObjectListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async objects(
    @Tenant() tenantId: string,
    @Query() query: ListArchiveObjectsQuery,
  ): Promise<ArchiveObjectListResponse> {
    return pageResponse(await this.archive.objects(tenantId, query), query.limit, toObjectResponse);
  }

  @Post('restores')
  @HttpCode(202)
  @RequireScope('replay')
  @ApiOperation({
    operationId: 'startRestore',
    summary: 'Bring archived events back, so that they can be searched and replayed',
    description:
      'They come back as they were, with deliveries and attempts, and leave again after `keep_days`. What is at hand already is left as it is. Nothing is delivered by it.',
  })
  @ApiResponse({ status: 202, type: RestoreResponse, description: 'Queued; follow it by its id.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async start(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Body() request: StartRestoreRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RestoreResponse> {
    const restore = toRestoreResponse(unwrap(await this.archive.start(tenantId, actor, request)));
    void reply.header('location', restore.links.self);
    return restore;
  }

  @Get('restores')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'listRestores', summary: 'Restores, newest first' })
  @ApiResponse({ status: 200, type: RestoreListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenantId: string, @Query() query: ListRestoresQuery): Promise<RestoreListResponse> {
    return pageResponse(await this.archive.restores(tenantId, query), query.limit, toRestoreResponse);
  }

  @Get('restores/:id')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'getRestore', summary: 'One restore, and how far it has got' })
  @ApiResponse({ status: 200, type: RestoreResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenantId: string, @Param('id') id: string): Promise<RestoreResponse> {
    return toRestoreResponse(unwrap(await this.archive.restore(tenantId, pathId('restore', id))));
  }

  @Post('restores/:id/cancel')
  @HttpCode(200)
  @RequireScope('replay')
  @ApiOperation({ operationId: 'cancelRestore', summary: 'Bring nothing more back; what has come back stays' })
  @ApiResponse({ status: 200, type: RestoreResponse, description: 'Cancelled.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async cancel(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<RestoreResponse> {
    return toRestoreResponse(unwrap(await this.archive.cancel(tenantId, actor, pathId('restore', id))));
  }
}
