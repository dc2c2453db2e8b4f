import { Module } from '@nestjs/common';
import { ArchivedEventsModule } from '../archive/archived-events';
import { DeliveryAdvisorModule } from '../dead-letters/delivery-advisor';
import { AcceptEventsService } from './accept-events.service';
import { EventsController } from './events.controller';
import { ReadEventsService } from './read-events.service';

@Module({
  imports: [ArchivedEventsModule, DeliveryAdvisorModule],
  controllers: [EventsController],
  providers: [AcceptEventsService, ReadEventsService],
})
export class EventsModule {}
