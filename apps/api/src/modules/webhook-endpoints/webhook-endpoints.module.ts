import { Module } from '@nestjs/common';
import { EndpointConnections } from './endpoint-connections.service';
import { internalTenants } from './internal-tenants';
import { MissedNotices } from './missed-notices.service';
import { WebhookDeliveriesController } from './webhook-deliveries.controller';
import { WebhookDeliveriesService } from './webhook-deliveries.service';
import { WebhookEndpointsController } from './webhook-endpoints.controller';
import { WebhookEndpointsService } from './webhook-endpoints.service';
import { WebhookEventTypesController } from './webhook-event-types.controller';
import { WebhookSecretsController } from './webhook-secrets.controller';
import { WebhookSecretsService } from './webhook-secrets.service';

@Module({
  controllers: [
    WebhookEndpointsController,
    WebhookSecretsController,
    WebhookDeliveriesController,
    WebhookEventTypesController,
  ],
  providers: [
    internalTenants,
    EndpointConnections,
    MissedNotices,
    WebhookEndpointsService,
    WebhookSecretsService,
    WebhookDeliveriesService,
  ],
})
export class WebhookEndpointsModule {}
