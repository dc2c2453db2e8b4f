import {
  claimRefresh,
  connectorContext,
  findDueRefreshes,
  type ClaimedRefresh,
  type ConnectionOpener,
  type ConnectorContextParts,
  type RefreshTarget,
} from '@hub/connections';
import { type Connector, type ConnectorRegistry } from '@hub/connector-sdk';
import { type Database } from '@hub/database';
import { silentLogger, type Logger } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';

const REFRESH_EVERY_MS = 30_000;
/** Looked at in one go; the next follow at once, so that a night's worth of idle connections is done in one turn. */
const AT_ONCE = 50;
/** Each holds a database connection while its vendor answers, and deliveries need the others. */
const LANES = 3;

export interface TokenRefresherOptions extends ConnectorContextParts {
  /** Logged in as the dispatcher: sees which connections of all tenants are due, and nothing of what they hold. */
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly opener: ConnectionOpener;
  readonly connectors: ConnectorRegistry;
  readonly logger?: Logger;
}

/**
 * Refreshes credentials ahead of their end, and those of idle connections once a day. Every worker looks; a claim in the
 * database gives each refresh to one of them, so neither the queue nor any one process is needed for it. One that dies
 * leaves its claim to run out, and the next look takes it up.
 */
export class TokenRefresher {
  private readonly stopping = new AbortController();
  private readonly logger: Logger;
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;

  constructor(private readonly options: TokenRefresherOptions) {
    this.logger = options.logger ?? silentLogger;
  }

  start(): void {
    this.timer = setInterval(() => void this.tick(), REFRESH_EVERY_MS);
    void this.tick();
  }

  /** Begins no more refreshes, and waits for those under way: their answers must be stored. */
  async stop(): Promise<void> {
    this.stopping.abort();
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  /** One look at everything that is due. @returns how many refreshes this worker has made or tried. */
  async refreshDue(): Promise<number> {
    let tried = 0;
    while (!this.stopping.signal.aborted) {
      const due = await findDueRefreshes(this.options.dispatcher, AT_ONCE);
      const claimed = await this.refreshAll(due);
      tried += claimed;
      // Nothing claimed: another worker has them all, and what is left is his.
      if (claimed === 0 || due.length < AT_ONCE) break;
    }
    return tried;
  }

  private async tick(): Promise<void> {
    if (this.running !== null) return;
    this.running = this.refreshDue().then(
      () => undefined,
      (error: unknown) =>
        this.logger.warn('credentials could not be refreshed ahead; the next look follows', { error }),
    );
    await this.running;
    this.running = null;
  }

  private async refreshAll(due: readonly RefreshTarget[]): Promise<number> {
    const waiting = [...due];
    let claimed = 0;
    const lane = async (): Promise<void> => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
        if (this.stopping.signal.aborted) return;
        if (await this.refreshOne(target)) claimed++;
      }
    };
    await Promise.all(Array.from({ length: Math.min(LANES, due.length) }, lane));
    return claimed;
  }

  /** @returns whether it was this worker's. Never rejects: one broken connection must not keep the others from their turn. */
  private async refreshOne(target: RefreshTarget): Promise<boolean> {
    const fields = { tenant_id: target.tenantId, connection_id: target.connectionId };
    try {
      const claim = await this.options.tenants.run(target.tenantId, (tx) => claimRefresh(tx, target.connectionId));
      if (claim === null) return false;
      const connector = this.options.connectors.get(claim.connectorId);
      if (connector?.refreshCredentials === undefined) return true;
      const outcome = await this.call(target, claim, connector);
      const named = { ...fields, connector: claim.connectorId };
      if (outcome === null) this.logger.info('credentials were refreshed ahead of their end', named);
      else this.logger.warn('credentials could not be refreshed ahead of their end', { ...named, ...outcome });
      return true;
    } catch (error) {
      this.logger.warn('credentials could not be refreshed ahead of their end', { ...fields, error });
      return true;
    }
  }

  /** Null when it worked, or when somebody else has changed the credentials meanwhile. */
  private async call(
    { tenantId, connectionId }: RefreshTarget,
    { config, revision }: ClaimedRefresh,
    connector: Connector,
  ): Promise<{ category: string; code: string } | null> {
    const refreshed = await this.options.opener.refreshOnce(tenantId, connectionId, revision, (credentials, signal) => {
      if (connector.refreshCredentials === undefined) throw new Error('asked to refresh what cannot be refreshed');
      const connection = { connectionId, config, credentials };
      return connector.refreshCredentials(connectorContext(this.options, { tenantId, connector, connection, signal }));
    });
    return refreshed.ok ? null : { category: refreshed.error.category, code: refreshed.error.code };
  }
}
