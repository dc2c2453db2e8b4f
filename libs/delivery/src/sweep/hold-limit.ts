import { type Database } from '@hub/database';
import { silentLogger, Ticker, type Logger } from '@hub/platform';
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
  private readonly logger: Logger;
  private readonly ticker: Ticker;

  constructor(private readonly options: HoldLimitOptions) {
    this.logger = options.logger ?? silentLogger;
    this.ticker = new Ticker('a look for what is held too long', LOOK_EVERY_MS, () => this.look(), this.logger);
  }

  start(): void {
    this.ticker.start();
  }

  async stop(): Promise<void> {
    await this.ticker.stop();
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
}
