import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
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
import { CreateRouteRequest, ListRoutesQuery, UpdateRouteRequest } from './dto/route.request';
import { RouteListResponse, RouteResponse } from './dto/route.response';
import { toNewRoute, toRouteChange, toRouteFilter } from './route-request.mapper';
import { toRouteResponse } from './route.mapper';
import { RoutesService } from './routes.service';

@ApiTags('Routes')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/routes')
export class RoutesController {
  constructor(@Inject(RoutesService) private readonly routes: RoutesService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createRoute',
    summary: 'Send events of a type to a connection',
    description:
      'For events accepted from now on; `POST /v1/replays` with `missing` delivers earlier ones. `operation` is one of those that `GET /v1/connectors/{id}` names.',
  })
  @ApiResponse({ status: 201, type: RouteResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateRouteRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RouteResponse> {
    const created = toRouteResponse(unwrap(await this.routes.create(tenant, actor, toNewRoute(request))));
    void reply.header('location', `/v1/routes/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listRoutes', summary: 'Routes, newest first' })
  @ApiResponse({ status: 200, type: RouteListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(@Tenant() tenant: string, @Query() query: ListRoutesQuery): Promise<RouteListResponse> {
    const rows = await this.routes.list(tenant, pageOf(query), toRouteFilter(query));
    return pageResponse(rows, query.limit, toRouteResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getRoute', summary: 'One route' })
  @ApiResponse({ status: 200, type: RouteResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<RouteResponse> {
    return toRouteResponse(unwrap(await this.routes.find(tenant, pathId('route', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'updateRoute', summary: 'Change a route for events accepted from now on' })
  @ApiResponse({ status: 200, type: RouteResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateRouteRequest,
  ): Promise<RouteResponse> {
    return toRouteResponse(
      unwrap(await this.routes.update(tenant, actor, pathId('route', id), toRouteChange(request))),
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteRoute', summary: 'Delete a route; deliveries that it has made go on' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.routes.delete(tenant, actor, pathId('route', id)));
  }
}
