import { Module } from '@nestjs/common';
import { ArchivedEventsModule } from '../archive/archived-events';
import { DeliveryAdvisorModule } from '../dead-letters/delivery-advisor';
import { DeliveriesController } from './deliveries.controller';
import { DeliveriesService } from './deliveries.service';

@Module({
  imports: [ArchivedEventsModule, DeliveryAdvisorModule],
  controllers: [DeliveriesController],
  providers: [DeliveriesService],
})
export class DeliveriesModule {}
