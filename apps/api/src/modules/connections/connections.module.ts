import { Module } from '@nestjs/common';
import { PullBellModule } from '../syncs/pull-bell.module';
import { ConnectionCaller } from './connection-caller.service';
import { ConnectionExplorerController } from './connection-explorer.controller';
import { ConnectionExplorer } from './connection-explorer.service';
import { ConnectionSettings } from './connection-settings.service';
import { ConnectionSignInController } from './connection-sign-in.controller';
import { ConnectionSignIn } from './connection-sign-in.service';
import { ConnectionWaker } from './connection-waker.service';
import { ConnectionsController } from './connections.controller';
import { ConnectionsService } from './connections.service';
import { GrantRevoker } from './grant-revoker.service';

@Module({
  imports: [PullBellModule],
  controllers: [ConnectionsController, ConnectionExplorerController, ConnectionSignInController],
  providers: [
    ConnectionsService,
    ConnectionExplorer,
    ConnectionCaller,
    ConnectionSettings,
    ConnectionSignIn,
    ConnectionWaker,
    GrantRevoker,
  ],
  exports: [ConnectionCaller, ConnectionWaker],
})
export class ConnectionsModule {}
