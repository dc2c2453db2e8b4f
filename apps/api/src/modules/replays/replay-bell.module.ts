import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DrainBell, queueBackendFrom, type Logger } from '@hub/platform';
import { type ApiSettings } from '../../settings';
import { LOGGER, SETTINGS } from '../../tokens';

/** The bell of replays, each rung for by its own id. What there is to do is in the database. */
export const REPLAY_BELL = Symbol('DrainBell of replays');

@Module({
  providers: [
    {
      provide: REPLAY_BELL,
      inject: [SETTINGS, LOGGER],
      useFactory: (settings: ApiSettings, logger: Logger) =>
        new DrainBell(queueBackendFrom(settings), logger, 'replay'),
    },
  ],
  exports: [REPLAY_BELL],
})
export class ReplayBellModule implements OnApplicationShutdown {
  constructor(@Inject(REPLAY_BELL) private readonly bell: DrainBell) {}

  async onApplicationShutdown(): Promise<void> {
    await this.bell.close();
  }
}
