import { Module } from '@nestjs/common';
import { PayloadSeals } from '@hub/mapping-store';
import { type Keyring, type Logger } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { KEYRING, LOGGER } from '../../tokens';
import { BacktestsController } from './backtests.controller';
import { BacktestsService } from './backtests.service';
import { GoldenCasesController } from './golden-cases.controller';
import { GoldenCasesService } from './golden-cases.service';
import { MappingVersionsController } from './mapping-versions.controller';
import { MappingsController } from './mappings.controller';
import { MappingsService } from './mappings.service';

@Module({
  controllers: [MappingsController, MappingVersionsController, GoldenCasesController, BacktestsController],
  providers: [
    MappingsService,
    GoldenCasesService,
    BacktestsService,
    {
      provide: PayloadSeals,
      inject: [TenantDb, KEYRING, LOGGER],
      useFactory: (tenants: TenantDb, keyring: Keyring, logger: Logger) =>
        new PayloadSeals({ tenants, keyring, logger }),
    },
  ],
})
export class MappingsModule {}
