import { type Database, type Tx } from '@hub/database';

declare const tenantBrand: unique symbol;

/** A transaction that sees one tenant's rows. Repositories take nothing else, so a query without a tenant does not compile. */
export type TenantTx = Tx & { readonly [tenantBrand]: true; readonly tenantId: string };

/**
 * A process that freezes inside a transaction keeps its row locks. The server ends the transaction before a drain's lease
 * runs out, or the worker that takes over would wait behind those locks. Who asks for a longer statement (a refresh of
 * credentials waits for its vendor inside the row lock) may be idle as long.
 */
const FROZEN_AFTER_MS = 8_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface TenantRunOptions {
  /** Let the commit return before the log is on disk. Only for work that a crash may undo without loss. */
  readonly relaxedDurability?: boolean;
  readonly statementTimeoutMs?: number;
}

export interface TenantDbOptions {
  /**
   * Also shows the rows that the hub keeps for the tenant beside the tenant's own: endpoints of webhooks as connections,
   * notices as events and deliveries. Only for whoever delivers or configures those; everybody else must not count them.
   */
  readonly internal?: boolean;
}

/** Opens transactions inside one tenant. The setting is transaction-local: a pooled connection carries nothing over. */
export class TenantDb {
  constructor(
    private readonly database: Database,
    private readonly view: TenantDbOptions = {},
  ) {}

  /** No network call may be made inside `work`: it would hold locks and a connection for as long as a stranger likes. */
  run<T>(tenantId: string, work: (tx: TenantTx) => Promise<T>, options: TenantRunOptions = {}): Promise<T> {
    if (!UUID.test(tenantId)) throw new Error('a tenant id must be a UUID');
    const idleMs = Math.trunc(Math.max(FROZEN_AFTER_MS, options.statementTimeoutMs ?? 0));
    let preamble = `select set_config('app.tenant_id','${tenantId}',true),set_config('idle_in_transaction_session_timeout','${idleMs}',true)`;
    if (this.view.internal === true) preamble += `,set_config('app.internal','on',true)`;
    if (options.relaxedDurability === true) preamble += `;set local synchronous_commit=off`;
    if (options.statementTimeoutMs !== undefined)
      preamble += `;set local statement_timeout=${Math.trunc(options.statementTimeoutMs)}`;
    return this.database.transaction((tx) => work(Object.assign(tx, { tenantId }) as unknown as TenantTx), preamble);
  }
}
