import { Module } from '@nestjs/common';
import { DeliveryAdvisorModule } from '../dead-letters/delivery-advisor';
import { StandingAccess } from '../../http/standing-access';
import { LiveController } from './live.controller';
import { LiveFeedService } from './live-feed.service';

@Module({
  imports: [DeliveryAdvisorModule],
  controllers: [LiveController],
  providers: [LiveFeedService, StandingAccess],
})
export class LiveModule {}
