import { Module } from '@nestjs/common';
import { DeliveryAdvisorModule } from '../dead-letters/delivery-advisor';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';

@Module({ imports: [DeliveryAdvisorModule], controllers: [DeliveriesController], providers: [DeliveriesService] })
export class DeliveriesModule {}
