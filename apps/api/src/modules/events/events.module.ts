import { Module } from '@nestjs/common';
import { AcceptEventsService } from './accept-events.service';
import { EventsController } from './events.controller';
import { ReadEventsService } from './read-events.service';

@Module({ controllers: [EventsController], providers: [AcceptEventsService, ReadEventsService] })
export class EventsModule {}
