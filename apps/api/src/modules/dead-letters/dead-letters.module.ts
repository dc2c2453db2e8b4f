import { Module } from '@nestjs/common';
import { ReplayBellModule } from '../replays/replay-bell.module';
import { DeadLettersController } from './dead-letters.controller';
import { DeadLettersService } from './dead-letters.service';
import { DeliveryAdvisorModule } from './delivery-advisor';

@Module({
  imports: [ReplayBellModule, DeliveryAdvisorModule],
  controllers: [DeadLettersController],
  providers: [DeadLettersService],
})
export class DeadLettersModule {}
