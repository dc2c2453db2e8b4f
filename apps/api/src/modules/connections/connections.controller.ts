import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Res,
  Inject,
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
import { toConnectionResponse } from './connection.mapper';
import { ConnectionsService } from './connections.service';
import {
  CreateConnectionRequest,
  ListConnectionsQuery,
  SetCredentialsRequest,
  UpdateConnectionRequest,
} from './dto/connection.request';
import { ConnectionListResponse, ConnectionResponse } from './dto/connection.response';

@ApiTags('Connections')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/connections')
export class ConnectionsController {
  constructor(@Inject(ConnectionsService) private readonly connections: ConnectionsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'createConnection', summary: 'Connect a system' })
  @ApiResponse({ status: 201, type: ConnectionResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateConnectionRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConnectionResponse> {
    const created = toConnectionResponse(unwrap(await this.connections.create(tenant, actor, request)));
    void reply.header('location', `/v1/connections/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listConnections', summary: 'Connections, newest first' })
  @ApiResponse({ status: 200, type: ConnectionListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListConnectionsQuery): Promise<ConnectionListResponse> {
    const filter = { status: query.status, connectorId: query.connector };
    const rows = unwrap(await this.connections.list(tenant, pageOf(query), filter));
    return pageResponse(rows, query.limit, toConnectionResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getConnection', summary: 'One connection; credentials are never shown' })
  @ApiResponse({ status: 200, type: ConnectionResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<ConnectionResponse> {
    return toConnectionResponse(unwrap(await this.connections.find(tenant, pathId('connection', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'updateConnection',
    summary: 'Change name, config or credentials; config and credentials are each replaced whole',
  })
  @ApiResponse({ status: 200, type: ConnectionResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateConnectionRequest,
  ): Promise<ConnectionResponse> {
    return toConnectionResponse(
      unwrap(await this.connections.update(tenant, actor, pathId('connection', id), request)),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteConnection', summary: 'Delete a connection that no enabled route uses' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.connections.delete(tenant, actor, pathId('connection', id)));
  }

  @Put(':id/credentials')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'setCredentials', summary: 'Replace the credentials; what waited for them goes on' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async setCredentials(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() credentials: SetCredentialsRequest,
  ): Promise<void> {
    unwrap(await this.connections.setCredentials(tenant, actor, pathId('connection', id), credentials));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'pauseConnection', summary: 'Hold its deliveries; none of them uses up an attempt' })
  @ApiResponse({ status: 200, type: ConnectionResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async pause(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<ConnectionResponse> {
    return toConnectionResponse(unwrap(await this.connections.pause(tenant, actor, pathId('connection', id))));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'resumeConnection', summary: 'Deliver what waits, now' })
  @ApiResponse({ status: 200, type: ConnectionResponse, description: 'As it is now.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async resume(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
  ): Promise<ConnectionResponse> {
    return toConnectionResponse(unwrap(await this.connections.resume(tenant, actor, pathId('connection', id))));
  }
}
