import { Module } from '@nestjs/common';
import { ConnectionCaller } from './connection-caller.service';
import { ConnectionExplorerController } from './connection-explorer.controller';
import { ConnectionExplorer } from './connection-explorer.service';
import { ConnectionsController } from './connections.controller';
import { ConnectionsService } from './connections.service';

@Module({
  controllers: [ConnectionsController, ConnectionExplorerController],
  providers: [ConnectionsService, ConnectionExplorer, ConnectionCaller],
})
export class ConnectionsModule {}
