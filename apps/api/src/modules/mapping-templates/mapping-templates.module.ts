import { Module } from '@nestjs/common';
import { MappingTemplatesController } from './mapping-templates.controller';

@Module({ controllers: [MappingTemplatesController] })
export class MappingTemplatesModule {}
