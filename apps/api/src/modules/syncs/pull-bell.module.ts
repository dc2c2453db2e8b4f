import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DrainBell, queueBackendFrom, type Logger } from '@hub/platform';
import { type ApiSettings } from '../../settings';
import { LOGGER, SETTINGS } from '../../tokens';

/** The bell of pulls: rung when something is to be pulled at once. The schedule itself is in the database. */
export const PULL_BELL = Symbol('DrainBell of pulls');

@Module({
  providers: [
    {
      provide: PULL_BELL,
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: ApiSettings, logger: Logger) => new DrainBell(queueBackendFrom(settings), logger, 'pull'),
    },
  ],
  exports: [PULL_BELL],
})
export class PullBellModule implements OnApplicationShutdown {
  constructor(@Inject(PULL_BELL) private readonly bell: DrainBell) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bell.close();
  }
}
