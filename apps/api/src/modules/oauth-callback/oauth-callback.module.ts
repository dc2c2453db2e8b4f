import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { OAuthCallbackController } from './oauth-callback.controller';
import { OAuthCallbackService } from './oauth-callback.service';
import { OAuthStartController } from './oauth-start.controller';
import { OAuthStartService } from './oauth-start.service';

@Module({
  imports: [ConnectionsModule],
  controllers: [OAuthCallbackController, OAuthStartController],
  providers: [OAuthCallbackService, OAuthStartService],
})
export class OAuthCallbackModule {}
