import { Module } from '@nestjs/common';
import { ArchivedEventsModule } from '../archive/archived-events';
import { DeliveryAdvisorModule } from '../dead-letters/delivery-advisor';
import { EventReplaysController } from './event-replays.controller';
import { ReplayBellModule } from './replay-bell.module';
import { ReplaysController } from './replays.controller';
import { ReplaysService } from './replays.service';

@Module({
  imports: [ArchivedEventsModule, ReplayBellModule, DeliveryAdvisorModule],
  controllers: [ReplaysController, EventReplaysController],
  providers: [ReplaysService],
})
export class ReplaysModule {}
