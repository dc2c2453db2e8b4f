import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { CreateSyncRequest, ListSyncsQuery, UpdateSyncRequest } from './dto/sync.request';
import { SyncListResponse, SyncResponse } from './dto/sync.response';
import { toSyncChange, toSyncFilter, toSyncResponse } from './sync.mapper';
import { SyncsService } from './syncs.service';

@ApiTags('Syncs')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/syncs')
export class SyncsController {
  constructor(@Inject(SyncsService) private readonly syncs: SyncsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createSync',
    summary: 'Pull the changes of an object',
    description:
      'Each change becomes an event `<connector>.<object>.<created|updated|deleted>` with the vendor’s record and, where there is one, the record in the hub’s model; routes carry it on.',
  })
  @ApiResponse({ status: 201, type: SyncResponse, description: 'Created; the first run is due.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateSyncRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SyncResponse> {
    const created = toSyncResponse(unwrap(await this.syncs.create(tenant, actor, request)));
    void reply.header('location', `/v1/syncs/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listSyncs', summary: 'Syncs, newest first' })
  @ApiResponse({ status: 200, type: SyncListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListSyncsQuery): Promise<SyncListResponse> {
    return pageResponse(await this.syncs.list(tenant, pageOf(query), toSyncFilter(query)), query.limit, toSyncResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getSync', summary: 'One sync, and how fresh it is' })
  @ApiResponse({ status: 200, type: SyncResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<SyncResponse> {
    return toSyncResponse(unwrap(await this.syncs.find(tenant, pathId('sync', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'updateSync', summary: 'Change name, mapping or schedule of a sync' })
  @ApiResponse({ status: 200, type: SyncResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateSyncRequest,
  ): Promise<SyncResponse> {
    return toSyncResponse(unwrap(await this.syncs.update(tenant, actor, pathId('sync', id), toSyncChange(request))));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteSync', summary: 'Delete a sync; the events that it has made go on' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.syncs.delete(tenant, actor, pathId('sync', id)));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'pauseSync', summary: 'Begin nothing more; runs under way wait where they are' })
  @ApiResponse({ status: 200, type: SyncResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async pause(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<SyncResponse> {
    return toSyncResponse(unwrap(await this.syncs.pause(tenant, actor, pathId('sync', id))));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'resumeSync', summary: 'Go on from the stored cursors' })
  @ApiResponse({ status: 200, type: SyncResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 422, 429, 503)
  async resume(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<SyncResponse> {
    return toSyncResponse(unwrap(await this.syncs.resume(tenant, actor, pathId('sync', id))));
  }
}
