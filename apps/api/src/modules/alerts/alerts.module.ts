import { Module } from '@nestjs/common';
import { AlertChannelsController } from './alert-channels.controller';
import { AlertChannelsService } from './alert-channels.service';
import { AlertRulesController } from './alert-rules.controller';
import { AlertRulesService } from './alert-rules.service';
import { AlertsController } from './alerts.controller';
import { AlertsService } from './alerts.service';
import { CHANNEL_PROVIDERS } from './channel-providers';

@Module({
  controllers: [AlertsController, AlertRulesController, AlertChannelsController],
  providers: [AlertsService, AlertRulesService, AlertChannelsService, ...CHANNEL_PROVIDERS],
})
export class AlertsModule {}
