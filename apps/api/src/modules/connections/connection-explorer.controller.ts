import { Controller, Get, HttpCode, Param, Post, Inject, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope, Tenant } from '../../http/access';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pathId } from '../../http/validation';
import { ConnectionExplorer } from './connection-explorer.service';
import { toFieldResponse, toHealthResponse, toObjectResponse, toTestResponse } from './connection.mapper';
import { ConnectionsService } from './connections.service';
import {
  ConnectionHealthResponse,
  ConnectionTestResponse,
  FieldListResponse,
  ObjectListResponse,
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
  async test(@Tenant() tenant: string, @Param('id') id: string): Promise<ConnectionTestResponse> {
    return toTestResponse(unwrap(await this.explorer.test(tenant, pathId('connection', id))));
  }

  @Get('health')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getConnectionHealth', summary: 'Breaker, waits, last success and failure' })
  @ApiResponse({ status: 200, type: ConnectionHealthResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async health(@Tenant() tenant: string, @Param('id') id: string): Promise<ConnectionHealthResponse> {
    return toHealthResponse(unwrap(await this.connections.health(tenant, pathId('connection', id))));
  }

  @Get('objects')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listConnectionObjects', summary: "The vendor's objects, at most five minutes old" })
  @ApiResponse({ status: 200, type: ObjectListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async objects(@Tenant() tenant: string, @Param('id') id: string): Promise<ObjectListResponse> {
    return { data: unwrap(await this.explorer.objects(tenant, pathId('connection', id))).map(toObjectResponse) };
  }

  @Get('objects/:object/fields')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listConnectionFields', summary: 'The fields of one object, at most five minutes old' })
  @ApiResponse({ status: 200, type: FieldListResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async fields(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Param('object') object: string,
  ): Promise<FieldListResponse> {
    return { data: unwrap(await this.explorer.fields(tenant, pathId('connection', id), object)).map(toFieldResponse) };
  }
}
