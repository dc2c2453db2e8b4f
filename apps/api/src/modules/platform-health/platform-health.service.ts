import { Inject, Injectable } from '@nestjs/common';
import { listProcesses, readBacklog, type Backlog, type Database, type ProcessRow } from '@hub/database';
import { DrainBell, queueBackendFrom, type BellQueue, type QueueBackend } from '@hub/platform';
import { type ApiSettings } from '../../settings';
import { OPERATOR_DATABASE, SETTINGS } from '../../tokens';
import { REPLAY_BELL } from '../replays/replay-bell.module';
import { PULL_BELL } from '../syncs/pull-bell.module';

export interface QueueHealth {
  readonly name: BellQueue;
  /** `null` while the queue is not reachable. */
  readonly jobs: Readonly<Record<string, number>> | null;
}

export interface PlatformHealth {
  readonly processes: readonly ProcessRow[];
  readonly backend: QueueBackend['kind'];
  readonly queues: readonly QueueHealth[];
  readonly backlog: Backlog;
}

@Injectable()
export class PlatformHealthService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: ApiSettings,
    @Inject(DrainBell) private readonly drains: DrainBell,
    @Inject(PULL_BELL) private readonly pulls: DrainBell,
    @Inject(REPLAY_BELL) private readonly replays: DrainBell,
  ) {}

  async look(): Promise<PlatformHealth> {
    const [processes, backlog, ...queues] = await Promise.all([
      listProcesses(this.database),
      readBacklog(this.database),
      this.queue('drain', this.drains),
      this.queue('pull', this.pulls),
      this.queue('replay', this.replays),
    ]);
    return { processes, backend: queueBackendFrom(this.settings).kind, queues, backlog };
  }

  /** A queue that is away is what this is asked for, and no reason to answer nothing. */
  private async queue(name: BellQueue, bell: DrainBell): Promise<QueueHealth> {
    return { name, jobs: await bell.counts().catch(() => null) };
  }
}
