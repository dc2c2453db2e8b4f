import { Body, Controller, Get, Param, Post, Query, Res, Inject, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { CreateVersionRequest, ListVersionsQuery } from './dto/mapping.request';
import { MappingVersionListResponse, MappingVersionResponse } from './dto/mapping.response';
import { toVersionListResponse, toVersionResponse } from './mapping.mapper';
import { MappingsService } from './mappings.service';
import { pathVersion } from './number-cursor';

@ApiTags('Mappings')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/mappings/:id/versions')
export class MappingVersionsController {
  constructor(@Inject(MappingsService) private readonly mappings: MappingsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createMappingVersion',
    summary: 'Add a version; it maps nothing until it is published',
  })
  @ApiResponse({ status: 201, type: MappingVersionResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: CreateVersionRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MappingVersionResponse> {
    const created = toVersionResponse(
      unwrap(await this.mappings.addVersion(tenant, actor, pathId('mapping', id), request)),
    );
    void reply.header('location', `/v1/mappings/${id}/versions/${created.version}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listMappingVersions', summary: 'Versions, newest first' })
  @ApiResponse({ status: 200, type: MappingVersionListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async list(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: ListVersionsQuery,
  ): Promise<MappingVersionListResponse> {
    const page = { limit: query.limit, before: query.cursor ?? null };
    return toVersionListResponse(
      unwrap(await this.mappings.listVersions(tenant, pathId('mapping', id), page)),
      query.limit,
    );
  }

  @Get(':version')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getMappingVersion', summary: 'One version with its lookup tables' })
  @ApiResponse({ status: 200, type: MappingVersionResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Param('version') version: string,
  ): Promise<MappingVersionResponse> {
    return toVersionResponse(
      unwrap(await this.mappings.findVersion(tenant, pathId('mapping', id), pathVersion(version))),
    );
  }
}
