import { Module } from '@nestjs/common';
import { BacktestsController } from './backtests.controller';
import { BacktestsService } from './backtests.service';
import { GoldenCasesController } from './golden-cases.controller';
import { GoldenCasesService } from './golden-cases.service';
import { MappingVersionsController } from './mapping-versions.controller';
import { MappingsController } from './mappings.controller';
import { MappingsService } from './mappings.service';

@Module({
  controllers: [MappingsController, MappingVersionsController, GoldenCasesController, BacktestsController],
  providers: [MappingsService, GoldenCasesService, BacktestsService],
})
export class MappingsModule {}
