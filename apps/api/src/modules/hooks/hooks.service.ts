import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { findConnection, OAuthApps } from '@hub/connections';
import {
  type AcceptedHook,
  type ChangeNotice,
  type Connector,
  type ConnectorRegistry,
  type HookReceiver,
  type HookRefusal,
  type HookReply,
  type InboundHook,
} from '@hub/connector-sdk';
import { type Database } from '@hub/database';
import { DrainBell, err, notFound, ok, problem, type Logger, type Problem, type Result } from '@hub/platform';
import {
  countRefusal,
  findAccountConnections,
  findHookOwner,
  hookTokenHash,
  storeNotices,
  type AccountConnection,
  type HookOwner,
} from '@hub/sync';
import { TenantDb, type RateLimiter } from '@hub/tenancy';
import { tooLarge } from '../../http/body-parser';
import { FailedRequestLimit, tooManyFailures } from '../../http/failed-request-limit';
import { APP_DATABASE, CONNECTOR_REGISTRY, LOGGER, RATE_LIMITER } from '../../tokens';
import { ApiMetrics } from '../metrics/api-metrics';
import { PULL_BELL } from '../syncs/pull-bell.module';

/** None of them tells a caller what would have been right. */
const REFUSALS: Readonly<Record<HookRefusal, Problem>> = {
  signature_missing: problem('unauthenticated', 'hook_refused', 'This call is not verified.'),
  signature_invalid: problem('unauthenticated', 'hook_refused', 'This call is not verified.'),
  other_account: problem('forbidden', 'hook_refused', 'This call is not for here.'),
  unreadable: problem('bad_request', 'hook_unreadable', 'This call cannot be read.'),
};

/** Reading a call costs as it has bytes: one connection's calls must not take the time of everybody. */
const BYTES_OF_A_TOKEN = 16 * 1024;
const TOKENS_A_MINUTE = 600;

interface OwnedNotices extends HookOwner {
  readonly notices: readonly ChangeNotice[];
}

/** Takes vendors' calls: verified first, kept next, answered last. What they announce is read by the worker. */
@Injectable()
export class HooksService {
  private readonly calls: Counter<'connector' | 'outcome'>;

  constructor(
    @Inject(APP_DATABASE) private readonly database: Database,
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(CONNECTOR_REGISTRY) private readonly connectors: ConnectorRegistry,
    @Inject(OAuthApps) private readonly oauthApps: OAuthApps,
    @Inject(PULL_BELL) private readonly bell: DrainBell,
    @Inject(FailedRequestLimit) private readonly failures: FailedRequestLimit,
    @Inject(RATE_LIMITER) private readonly limiter: RateLimiter,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(ApiMetrics) metrics: ApiMetrics,
  ) {
    this.calls = new Counter({
      name: 'hub_hooks_total',
      help: 'Calls of vendors by what became of them at the door.',
      labelNames: ['connector', 'outcome'],
      registers: [metrics.registry],
    });
  }

  /** @param token of a connection's address; of an app's, the environment that its secrets are of */
  async receive(
    connectorId: string,
    token: string,
    hook: InboundHook,
    address: string,
  ): Promise<Result<HookReply, Problem>> {
    // Whoever guesses paths stops costing look-ups.
    if (this.failures.isUsedUp(address)) return err(tooManyFailures());
    const connector = this.connectors.get(connectorId);
    if (connector?.hooks === undefined) return this.unknown(address);
    const { hooks } = connector;
    return hooks.scope === 'app'
      ? this.receiveForApp(connector, hooks, token, hook, address)
      : this.receiveForConnection(connector, hooks, token, hook, address);
  }

  private async receiveForConnection(
    connector: Connector,
    hooks: HookReceiver,
    token: string,
    hook: InboundHook,
    address: string,
  ): Promise<Result<HookReply, Problem>> {
    const connectorId = connector.manifest.id;
    const owner = await this.ownerOf(token);
    if (owner === null) return this.unknown(address);
    if (hook.body.length > hooks.maxBytes) return err(tooLarge(hooks.maxBytes));
    const limited = await this.takeFor(owner, connectorId, hook.body.length);
    if (limited !== null) return err(limited);
    const connection = await this.tenants.run(owner.tenantId, (tx) => findConnection(tx, owner.connectionId));
    if (connection === null || connection.connector_id !== connectorId) return this.unknown(address);
    const { config, account_id: accountId } = connection;
    const verified = hooks.verify({ config, accountId, oauthApp: this.oauthApps.for(connector, config) }, hook);
    if (!verified.ok) {
      await this.tenants.run(owner.tenantId, (tx) => countRefusal(tx, owner.connectionId, verified.error));
      return this.refuse(connectorId, owner, verified.error, address);
    }
    return this.keep(connectorId, [{ ...owner, notices: verified.value.notices }], verified.value);
  }

  private async takeFor(owner: HookOwner, connectorId: string, bytes: number): Promise<Problem | null> {
    const cost = Math.max(1, Math.ceil(bytes / BYTES_OF_A_TOKEN));
    const decision = await this.limiter.take(`hook:${owner.connectionId}`, TOKENS_A_MINUTE, cost);
    if (decision.allowed) return null;
    this.calls.inc({ connector: connectorId, outcome: 'rate_limited' });
    return problem('rate_limited', 'rate_limited', 'This connection is called more than the hub reads. Come again.', {
      retryAfterSeconds: Math.max(1, Math.ceil(decision.waitMs / 1000)),
    });
  }

  /** The vendor has one address for all accounts of the app: what is verified with the app's secrets says whose it is. */
  private async receiveForApp(
    connector: Connector,
    hooks: HookReceiver,
    environment: string,
    hook: InboundHook,
    address: string,
  ): Promise<Result<HookReply, Problem>> {
    const connectorId = connector.manifest.id;
    const oauthApp = this.oauthApps.find(connectorId, environment);
    if (oauthApp === null) return this.unknown(address);
    if (hook.body.length > hooks.maxBytes) return err(tooLarge(hooks.maxBytes));
    const verified = hooks.verify({ config: {}, accountId: null, oauthApp }, hook);
    if (!verified.ok) return this.refuse(connectorId, null, verified.error, address);
    const byAccount = groupByAccount(verified.value.notices);
    const signedIn = await findAccountConnections(this.database, connectorId, [...byAccount.keys()]);
    const owned: OwnedNotices[] = [];
    for (const connection of signedIn) {
      // Accounts of a vendor's test environment may have the same ids as real ones.
      if (!(await this.isOf(connection, connector, environment))) continue;
      owned.push({ ...connection, notices: byAccount.get(connection.accountId) ?? [] });
    }
    return this.keep(connectorId, owned, verified.value);
  }

  private async isOf(
    { tenantId, connectionId }: AccountConnection,
    connector: Connector,
    environment: string,
  ): Promise<boolean> {
    const connection = await this.tenants.run(tenantId, (tx) => findConnection(tx, connectionId));
    return connection !== null && connector.oauth?.environmentOf(connection.config) === environment;
  }

  private async ownerOf(token: string): Promise<HookOwner | null> {
    const hash = hookTokenHash(token);
    return hash === null ? null : findHookOwner(this.database, hash);
  }

  /** The vendor is answered only when what it announced is safe; the ring makes it an event at once. */
  private async keep(
    connectorId: string,
    owned: readonly OwnedNotices[],
    { reply }: AcceptedHook,
  ): Promise<Result<HookReply, Problem>> {
    let kept = 0;
    for (const { tenantId, connectionId, notices } of owned) {
      const stored = await this.tenants.run(tenantId, (tx) => storeNotices(tx, connectionId, notices));
      if (stored > 0) this.bell.ring({ tenantId, connectionId });
      kept += stored;
    }
    this.calls.inc({ connector: connectorId, outcome: kept > 0 ? 'kept' : 'nothing_to_read' });
    return ok(reply);
  }

  private refuse(
    connectorId: string,
    owner: HookOwner | null,
    refusal: HookRefusal,
    address: string,
  ): Result<never, Problem> {
    this.calls.inc({ connector: connectorId, outcome: refusal });
    this.logger.warn('a vendor’s call was refused', {
      tenant_id: owner?.tenantId,
      connection_id: owner?.connectionId,
      connector: connectorId,
      reason: refusal,
    });
    const told = REFUSALS[refusal];
    // A 401 or 403 is counted where problems are answered.
    const counted = told.kind !== 'bad_request' || this.failures.mayFail(address);
    return err(counted ? told : tooManyFailures());
  }

  private unknown(address: string): Result<never, Problem> {
    this.calls.inc({ connector: 'unknown', outcome: 'unknown_path' });
    return err(this.failures.mayFail(address) ? notFound('hook') : tooManyFailures());
  }
}

/** What names no account is nobody's. */
function groupByAccount(notices: readonly ChangeNotice[]): Map<string, ChangeNotice[]> {
  const byAccount = new Map<string, ChangeNotice[]>();
  for (const notice of notices) {
    if (notice.accountId === undefined) continue;
    byAccount.set(notice.accountId, [...(byAccount.get(notice.accountId) ?? []), notice]);
  }
  return byAccount;
}
