import { Module } from '@nestjs/common';
import { PullBellModule } from '../syncs/pull-bell.module';
import { ConnectionHooksController } from './connection-hooks.controller';
import { ConnectionHooksService } from './connection-hooks.service';
import { HooksController } from './hooks.controller';
import { HooksService } from './hooks.service';

@Module({
  imports: [PullBellModule],
  controllers: [HooksController, ConnectionHooksController],
  providers: [HooksService, ConnectionHooksService],
})
export class HooksModule {}
