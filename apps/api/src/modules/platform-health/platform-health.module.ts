import { randomBytes } from 'node:crypto';
import os from 'node:os';
import {
  Inject,
  Injectable,
  Module,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DatabaseClock, Heartbeat, type Database } from '@hub/database';
import { type Logger } from '@hub/platform';
import { APP_DATABASE, LOGGER } from '../../tokens';
import { ReplayBellModule } from '../replays/replay-bell.module';
import { PullBellModule } from '../syncs/pull-bell.module';
import { PlatformHealthController } from './platform-health.controller';
import { PlatformHealthService } from './platform-health.service';

/** This process's own heartbeat; ended while the database is still there. */
@Injectable()
class ApiHeartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly heartbeat: Heartbeat;

  constructor(
    @Inject(APP_DATABASE) database: Database,
    @Inject(DatabaseClock) clock: DatabaseClock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const id = `${os.hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
    this.heartbeat = new Heartbeat({ database, kind: 'api', id, clock, logger });
  }

  onApplicationBootstrap(): Promise<void> {
    return this.heartbeat.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.heartbeat.stop();
  }
}

@Module({
  imports: [PullBellModule, ReplayBellModule],
  controllers: [PlatformHealthController],
  providers: [PlatformHealthService, ApiHeartbeat],
})
export class PlatformHealthModule {}
