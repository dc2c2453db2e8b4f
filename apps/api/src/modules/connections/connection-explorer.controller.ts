import { Controller, Get, HttpCode, Param, Post, Query, Inject, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { pathId } from '../../http/validation';
import { ConnectionExplorer } from './connection-explorer.service';
import {
  toFieldResponse,
  toHealthResponse,
  toObjectResponse,
  toSchemaChangeResponse,
  toTestResponse,
} from './connection.mapper';
import { ConnectionsService } from './connections.service';
import { DescribeQuery, ListSchemaChangesQuery } from './dto/connection.request';
import {
  ConnectionHealthResponse,
  ConnectionTestResponse,
  FieldListResponse,
  ObjectListResponse,
  SchemaChangeListResponse,
} from './dto/connection.response';

/** What can be learnt about a connection: all of it harmless reads at the vendor. */
@ApiTags('Connections')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/connections/:id')
export class ConnectionExplorerController {
  constructor(
    @Inject(ConnectionsService) private readonly connections: ConnectionsService,
    @Inject(ConnectionExplorer) private readonly explorer: ConnectionExplorer,
  ) {}

  @Post('test')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'testConnection', summary: 'Prove address, credentials and permissions' })
  @ApiResponse({ status: 200, type: ConnectionTestResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async test(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<ConnectionTestResponse> {
    return toTestResponse(unwrap(await this.explorer.test(tenant, actor, pathId('connection', id))));
  }

  @Get('health')
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'getConnectionHealth',
    summary: 'Breaker, waits, sign-in, limits, last success and failure',
  })
  @ApiResponse({ status: 200, type: ConnectionHealthResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async health(@Tenant() tenant: string, @Param('id') id: string): Promise<ConnectionHealthResponse> {
    return toHealthResponse(unwrap(await this.connections.health(tenant, pathId('connection', id))));
  }

  @Get('objects')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listConnectionObjects', summary: "The vendor's objects, at most an hour old" })
  @ApiResponse({ status: 200, type: ObjectListResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 404, 409, 429, 503)
  async objects(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: DescribeQuery,
  ): Promise<ObjectListResponse> {
    const found = unwrap(await this.explorer.objects(tenant, pathId('connection', id), query.refresh));
    return { data: found.items.map(toObjectResponse), described_at: found.describedAt.toISOString() };
  }

  @Get('objects/:object/fields')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listConnectionFields', summary: 'The fields of one object, at most an hour old' })
  @ApiResponse({ status: 200, type: FieldListResponse, description: 'Found.' })
  @ProblemResponses(400, 401, 403, 404, 409, 429, 503)
  async fields(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Param('object') object: string,
    @Query() query: DescribeQuery,
  ): Promise<FieldListResponse> {
    const found = unwrap(await this.explorer.fields(tenant, pathId('connection', id), object, query.refresh));
    return { data: found.items.map(toFieldResponse), described_at: found.describedAt.toISOString() };
  }

  @Get('schema-changes')
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listSchemaChanges',
    summary: 'What has changed in the vendor’s objects between two looks at them, newest first',
  })
  @ApiResponse({ status: 200, type: SchemaChangeListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async schemaChanges(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: ListSchemaChangesQuery,
  ): Promise<SchemaChangeListResponse> {
    const rows = unwrap(await this.explorer.changes(tenant, pathId('connection', id), pageOf(query)));
    return pageResponse(rows, query.limit, toSchemaChangeResponse);
  }
}
