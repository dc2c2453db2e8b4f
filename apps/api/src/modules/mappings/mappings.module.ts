import { Module } from '@nestjs/common';
import { MappingVersionsController } from './mapping-versions.controller';
import { MappingsController } from './mappings.controller';
import { MappingsService } from './mappings.service';

@Module({ controllers: [MappingsController, MappingVersionsController], providers: [MappingsService] })
export class MappingsModule {}
