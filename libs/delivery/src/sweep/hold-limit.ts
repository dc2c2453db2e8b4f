import { type Database } from '@hub/database';
import { silentLogger, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { endHeldTooLong, findHeldTooLong } from './held-too-long';

const LOOK_EVERY_MS = 60_000;

export interface HoldLimitOptions {
  /** Logged in as the dispatcher. */
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly logger?: Logger;
}

/** Looks once a minute, in each worker, for what was held for too long. Two that find the same end it once. */
export class HoldLimit {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private readonly logger: Logger;

  constructor(private readonly options: HoldLimitOptions) {
    this.logger = options.logger ?? silentLogger;
  }

  start(): void {
    this.timer = setInterval(() => void this.tick(), LOOK_EVERY_MS);
    void this.tick();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** One look. @returns how many deliveries were ended. */
  async look(): Promise<number> {
    const { dispatcher, tenants } = this.options;
    let total = 0;
    for (const target of await findHeldTooLong(dispatcher)) {
      const ended = await endHeldTooLong(tenants, target);
      if (ended === 0) continue;
      total += ended;
      this.logger.warn('deliveries were held for too long and have ended as dead letters', {
        tenant_id: target.tenantId,
        connection_id: target.connectionId,
        count: ended,
      });
    }
    return total;
  }

  private async tick(): Promise<void> {
    if (this.running !== null) return;
    this.running = this.look().then(
      () => undefined,
      (error: unknown) => this.logger.warn('a look for what is held too long failed; the next one follows', { error }),
    );
    await this.running;
    this.running = null;
  }
}
