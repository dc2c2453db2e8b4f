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
import {
  CreateWebhookEndpointRequest,
  ListWebhookEndpointsQuery,
  UpdateWebhookEndpointRequest,
} from './dto/webhook-endpoint.request';
import {
  CreatedWebhookEndpointResponse,
  WebhookEndpointListResponse,
  WebhookEndpointResponse,
} from './dto/webhook-endpoint.response';
import { toEndpointResponse } from './webhook-endpoint.mapper';
import { WebhookEndpointsService } from './webhook-endpoints.service';

@ApiTags('Webhook endpoints')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(@Inject(WebhookEndpointsService) private readonly endpoints: WebhookEndpointsService) {}

  @Post()
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'createWebhookEndpoint',
    summary: 'Have the hub tell you what happens',
    description:
      'Notices are signed after Standard Webhooks (standardwebhooks.com) with the secret that this answer shows. Answer 2xx within 20 s; anything else is tried again up to ten times over three days, 410 switches the endpoint off.',
  })
  @ApiResponse({ status: 201, type: CreatedWebhookEndpointResponse, description: 'Created.' })
  @ProblemResponses(400, 401, 403, 409, 413, 415, 422, 429, 503)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Body() request: CreateWebhookEndpointRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedWebhookEndpointResponse> {
    const { row, secret } = unwrap(await this.endpoints.create(tenant, actor, request));
    const created = { ...toEndpointResponse(row), secret };
    void reply.header('location', `/v1/webhook-endpoints/${created.id}`);
    return created;
  }

  @Get()
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'listWebhookEndpoints', summary: 'Endpoints, newest first' })
  @ApiResponse({ status: 200, type: WebhookEndpointListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 429, 503)
  async list(
    @Tenant() tenant: string,
    @Query() query: ListWebhookEndpointsQuery,
  ): Promise<WebhookEndpointListResponse> {
    return pageResponse(await this.endpoints.list(tenant, pageOf(query)), query.limit, toEndpointResponse);
  }

  @Get(':id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getWebhookEndpoint', summary: 'One endpoint, and how it fares' })
  @ApiResponse({ status: 200, type: WebhookEndpointResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async find(@Tenant() tenant: string, @Param('id') id: string): Promise<WebhookEndpointResponse> {
    return toEndpointResponse(unwrap(await this.endpoints.find(tenant, pathId('webhookEndpoint', id))));
  }

  @Patch(':id')
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'updateWebhookEndpoint',
    summary: 'Change an endpoint, or switch it on and off',
    description: 'While it is off, notices that were made wait, and no new ones are made: see `recover`.',
  })
  @ApiResponse({ status: 200, type: WebhookEndpointResponse, description: 'As it is now.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async update(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() request: UpdateWebhookEndpointRequest,
  ): Promise<WebhookEndpointResponse> {
    const updated = await this.endpoints.update(tenant, actor, pathId('webhookEndpoint', id), request);
    return toEndpointResponse(unwrap(updated));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'deleteWebhookEndpoint', summary: 'Tell it nothing more; what waits is not sent' })
  @ApiResponse({ status: 204, description: 'Done.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async delete(@Tenant() tenant: string, @Actor() actor: AuditActor, @Param('id') id: string): Promise<void> {
    unwrap(await this.endpoints.delete(tenant, actor, pathId('webhookEndpoint', id)));
  }
}
