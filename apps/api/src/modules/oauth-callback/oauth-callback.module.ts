import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module';
import { OAuthCallbackController } from './oauth-callback.controller';
import { OAuthCallbackService } from './oauth-callback.service';

@Module({
  imports: [ConnectionsModule],
  controllers: [OAuthCallbackController],
  providers: [OAuthCallbackService],
})
export class OAuthCallbackModule {}
