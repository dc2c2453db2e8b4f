import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { pageOf, pageResponse } from '../../http/pagination';
import { PayloadsShown } from '../../http/payload-access';
import { pathId } from '../../http/validation';
import {
  ListWebhookDeliveriesQuery,
  RecoverWebhookDeliveriesRequest,
  WebhookStatisticsQuery,
} from './dto/webhook-endpoint.request';
import {
  RecoveredResponse,
  WebhookDeliveryListResponse,
  WebhookDeliveryResponse,
  WebhookStatisticsResponse,
} from './dto/webhook-delivery.response';
import { WebhookDeliveriesService } from './webhook-deliveries.service';
import { toWebhookDelivery, toWebhookDeliveryDetail } from './webhook-endpoint.mapper';

const DAY_MS = 86_400_000;

@ApiTags('Webhook endpoints')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/webhook-endpoints/:id')
export class WebhookDeliveriesController {
  constructor(@Inject(WebhookDeliveriesService) private readonly deliveries: WebhookDeliveriesService) {}

  @Get('deliveries')
  @RequireScope('config:read')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'The log of an endpoint, newest first',
    description: 'Kept as long as events are. These are in no other list of deliveries.',
  })
  @ApiResponse({ status: 200, type: WebhookDeliveryListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 404, 429, 503)
  async list(
    @Tenant() tenant: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Query() query: ListWebhookDeliveriesQuery,
  ): Promise<WebhookDeliveryListResponse> {
    const filter = { status: query.status, type: query.event_type, from: query.from, to: query.to };
    const rows = await this.deliveries.list(tenant, pathId('webhookEndpoint', id), filter, pageOf(query));
    return pageResponse(unwrap(rows), query.limit, (row) => toWebhookDelivery(row, shown));
  }

  @Get('deliveries/:delivery_id')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getWebhookDelivery', summary: 'A notice with its body and all its attempts' })
  @ApiResponse({ status: 200, type: WebhookDeliveryResponse, description: 'Found.' })
  @ProblemResponses(401, 403, 404, 429, 503)
  async get(
    @Tenant() tenant: string,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Param('delivery_id') deliveryId: string,
  ): Promise<WebhookDeliveryResponse> {
    const { row, attempts } = unwrap(
      await this.deliveries.get(tenant, pathId('webhookEndpoint', id), pathId('delivery', deliveryId)),
    );
    return toWebhookDeliveryDetail(row, attempts, shown);
  }

  @Post('deliveries/:delivery_id/retry')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({
    operationId: 'retryWebhookDelivery',
    summary: 'Send a notice again, under the same webhook-id',
    description:
      'One that waits goes now, a dead one is taken up again; of one that has arrived a further delivery is made.',
  })
  @ApiResponse({ status: 200, type: WebhookDeliveryResponse, description: 'Due again.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async retry(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @PayloadsShown() shown: boolean,
    @Param('id') id: string,
    @Param('delivery_id') deliveryId: string,
  ): Promise<WebhookDeliveryResponse> {
    const { row, attempts } = unwrap(
      await this.deliveries.retry(tenant, actor, pathId('webhookEndpoint', id), pathId('delivery', deliveryId)),
    );
    return toWebhookDeliveryDetail(row, attempts, shown);
  }

  @Post('recover')
  @HttpCode(200)
  @RequireScope('config:write')
  @ApiOperation({ operationId: 'recoverWebhookDeliveries', summary: 'Take up again what has failed since a moment' })
  @ApiResponse({ status: 200, type: RecoveredResponse, description: 'Due again.' })
  @ProblemResponses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
  async recover(
    @Tenant() tenant: string,
    @Actor() actor: AuditActor,
    @Param('id') id: string,
    @Body() { since, missed }: RecoverWebhookDeliveriesRequest,
  ): Promise<RecoveredResponse> {
    return unwrap(await this.deliveries.recover(tenant, actor, pathId('webhookEndpoint', id), new Date(since), missed));
  }

  @Get('statistics')
  @RequireScope('config:read')
  @ApiOperation({ operationId: 'getWebhookStatistics', summary: 'What became of the notices made since a moment' })
  @ApiResponse({ status: 200, type: WebhookStatisticsResponse, description: 'Counted.' })
  @ProblemResponses(400, 401, 403, 404, 422, 429, 503)
  async statistics(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query() query: WebhookStatisticsQuery,
  ): Promise<WebhookStatisticsResponse> {
    const from = query.from === undefined ? new Date(Date.now() - DAY_MS) : new Date(query.from);
    const found = unwrap(await this.deliveries.statistics(tenant, pathId('webhookEndpoint', id), from));
    const { total, succeeded, dead, open } = found;
    return {
      from: from.toISOString(),
      notices: { total, succeeded, dead, open },
      attempts: {
        total: found.attempts,
        failed: found.failed_attempts,
        median_ms: found.median_ms,
        p95_ms: found.p95_ms,
      },
    };
  }
}
