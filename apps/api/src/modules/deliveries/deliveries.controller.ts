import { Controller, Get, HttpCode, Inject, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type AuditActor } from '@hub/audit';
import { RequireScope, Tenant } from '../../http/access';
import { Actor } from '../../http/actor';
import { unwrap } from '../../http/hub-problem';
import { IdempotencyInterceptor } from '../../http/idempotency.interceptor';
import { ProblemResponses } from '../../http/openapi';
import { PayloadsShown } from '../../http/payload-access';
import { DeliveriesService } from './deliveries.service';
import { DeliveryListQuery, DeliveryListResponse, DeliveryResponse } from './dto/delivery.dto';

@ApiTags('Deliveries')
@ApiBearerAuth('api_key')
@UseInterceptors(IdempotencyInterceptor)
@Controller('v1/deliveries')
export class DeliveriesController {
  constructor(@Inject(DeliveriesService) private readonly deliveries: DeliveriesService) {}

  @Get()
  @RequireScope('events:read')
  @ApiOperation({
    operationId: 'listDeliveries',
    summary: 'List deliveries',
    description:
      'Newest first. status=dead lists the dead letters, with replayed=false those that no replay has taken up.',
  })
  @ApiResponse({ status: 200, type: DeliveryListResponse, description: 'One page.' })
  @ProblemResponses(400, 401, 403, 422, 429, 503)
  list(@Tenant() tenantId: string, @Query() query: DeliveryListQuery): Promise<unknown> {
    return this.deliveries.list(tenantId, query);
  }

  @Get(':delivery_id')
  @RequireScope('events:read')
  @ApiOperation({ operationId: 'getDelivery', summary: 'Read a delivery with its attempts' })
  @ApiResponse({ status: 200, type: DeliveryResponse, description: 'The delivery.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async get(
    @Tenant() tenantId: string,
    @PayloadsShown() shown: boolean,
    @Param('delivery_id') id: string,
  ): Promise<unknown> {
    return unwrap(await this.deliveries.get(tenantId, id, shown));
  }

  @Post(':delivery_id/retry')
  @HttpCode(200)
  @RequireScope('deliveries:write')
  @ApiOperation({ operationId: 'retryDelivery', summary: 'Take a dead delivery up again' })
  @ApiResponse({ status: 200, type: DeliveryResponse, description: 'Due again.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async retry(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @PayloadsShown() shown: boolean,
    @Param('delivery_id') id: string,
  ): Promise<unknown> {
    return unwrap(await this.deliveries.retry(tenantId, actor, id, shown));
  }

  @Post(':delivery_id/cancel')
  @HttpCode(200)
  @RequireScope('deliveries:write')
  @ApiOperation({ operationId: 'cancelDelivery', summary: 'Give up a delivery that still waits, or a dead one' })
  @ApiResponse({ status: 200, type: DeliveryResponse, description: 'Cancelled.' })
  @ProblemResponses(401, 403, 404, 409, 429, 503)
  async cancel(
    @Tenant() tenantId: string,
    @Actor() actor: AuditActor,
    @PayloadsShown() shown: boolean,
    @Param('delivery_id') id: string,
  ): Promise<unknown> {
    return unwrap(await this.deliveries.cancel(tenantId, actor, id, shown));
  }
}
