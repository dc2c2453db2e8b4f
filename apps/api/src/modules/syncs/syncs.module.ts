import { Module } from '@nestjs/common';
import { PullBellModule } from './pull-bell.module';
import { SyncRunsController } from './sync-runs.controller';
import { SyncsController } from './syncs.controller';
import { SyncsService } from './syncs.service';

@Module({ imports: [PullBellModule], controllers: [SyncsController, SyncRunsController], providers: [SyncsService] })
export class SyncsModule {}
