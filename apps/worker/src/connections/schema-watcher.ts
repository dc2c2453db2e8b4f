import { claimSchema, findDueSchemas, keepFields, keepObjects, type DueSchema } from '@hub/connections';
import { type Database } from '@hub/database';
import { silentLogger, Ticker, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { type ConnectorPulls } from '../sync/connector-pulls';

export const LOOK_EVERY_MS = 10 * 60_000;
/** In one go: each costs a call of the vendor's budget. The next follow ten minutes later. */
const AT_ONCE = 50;
const LONGEST_CALL_MS = 60_000;

export interface SchemaWatcherOptions {
  /** Logged in as the dispatcher: sees which descriptions of all tenants are old, and nothing of what they say. */
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly systems: Pick<ConnectorPulls, 'describe'>;
  readonly logger?: Logger;
}

/**
 * Asks vendors once a day about the objects that somebody has asked about before, because a field that is gone is a mapping
 * that fails: it is told when it happens, and not when somebody opens the editor. Every worker looks; a claim in the
 * database gives each look to one of them.
 */
export class SchemaWatcher {
  private readonly stopping = new AbortController();
  private readonly logger: Logger;
  private readonly ticker: Ticker;

  constructor(private readonly options: SchemaWatcherOptions) {
    this.logger = options.logger ?? silentLogger;
    this.ticker = new Ticker('a look at old descriptions', LOOK_EVERY_MS, () => this.lookAtDue(), this.logger);
  }

  start(): void {
    this.ticker.start();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ticker.stop();
  }

  /** @returns how many vendors' answers were kept. */
  async lookAtDue(): Promise<number> {
    let kept = 0;
    for (const due of await findDueSchemas(this.options.dispatcher, AT_ONCE)) {
      if (this.stopping.signal.aborted) break;
      if (await this.look(due)) kept++;
    }
    return kept;
  }

  /** Never rejects: one broken connection must not keep the others from their turn. */
  private async look(due: DueSchema): Promise<boolean> {
    const { tenantId, connectionId, object } = due;
    const fields = { tenant_id: tenantId, connection_id: connectionId };
    try {
      const { tenants, systems } = this.options;
      if (!(await tenants.run(tenantId, (tx) => claimSchema(tx, due)))) return false;
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(LONGEST_CALL_MS)]);
      const described = await systems.describe(tenantId, connectionId, object, signal);
      if (!described.ok) {
        this.logger.info('a vendor could not be asked about its objects; it is asked again tomorrow', {
          ...fields,
          category: described.error.category,
          code: described.error.code,
        });
        return false;
      }
      const { objects, fields: ofObject } = described.value;
      await tenants.run(tenantId, async (tx) => {
        if (objects !== null) await keepObjects(tx, connectionId, objects);
        if (ofObject !== null && object !== null) await keepFields(tx, connectionId, object, ofObject);
      });
      return true;
    } catch (error) {
      this.logger.warn('a description could not be renewed', { ...fields, error });
      return false;
    }
  }
}
