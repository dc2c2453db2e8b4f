import { Module } from '@nestjs/common';
import { ArchiveController } from './archive.controller';
import { ArchiveService } from './archive.service';
import { ArchivedEventsModule } from './archived-events';

@Module({ imports: [ArchivedEventsModule], controllers: [ArchiveController], providers: [ArchiveService] })
export class ArchiveModule {}
