import { randomBytes } from 'node:crypto';
import { CredentialVault } from '@hub/connections';
import { createLocalKeyring, newUuid, type JsonObject } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { type ChannelKind, type ChannelSecrets } from '../channels/channel.types';
import { insertChannel } from '../channels/channel.repository';
import { AlertEvaluator, type LookResult } from '../evaluate/evaluator';
import { type AlertRule, type Retention, type Severity } from '../rules/rule.types';
import { listAlerts } from '../store/alert.repository';
import { type AlertRow, type NotificationKind, type NotificationStatus } from '../store/alert.types';

export interface StoredNotification {
  id: string;
  channel_id: string;
  kind: NotificationKind;
  status: NotificationStatus;
  attempts: number;
  error: { code: string } | null;
}

/** A tenant, and a hub's alerts without its clock: looks are made when the test says so. */
export interface AlertsHarness {
  readonly tenantId: string;
  readonly tenants: TenantDb;
  readonly secrets: ChannelSecrets;
  addConnection(fields?: Readonly<Record<string, unknown>>): Promise<string>;
  addChannel(kind: ChannelKind, secret: JsonObject | null, fields?: ChannelFields): Promise<string>;
  /** One look, as if its time had come. Throws unless it was made, with every rule: what comes after would see nothing of it. */
  look(options?: LookOptions): Promise<LookResult>;
  /** The same, whatever comes of it. */
  tryLook(options?: LookOptions): Promise<LookResult | null>;
  alerts(): Promise<AlertRow[]>;
  notifications(): Promise<StoredNotification[]>;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

interface LookOptions {
  readonly rules?: readonly AlertRule[];
  readonly countBooks?: () => Promise<void>;
  readonly tidy?: () => Promise<void>;
  readonly retention?: Retention;
  readonly clock?: () => number;
}

interface ChannelFields {
  readonly recipients?: readonly string[];
  readonly leastSeverity?: Severity;
}

export async function createAlertsHarness(database: TestDatabase, overrides = {}): Promise<AlertsHarness> {
  const { id: tenantId } = await database.createTenant(overrides);
  const tenants = new TenantDb(database.app);
  const keyring = createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
  const vault = new CredentialVault({ tenants, keyring });
  const secrets: ChannelSecrets = {
    seal: (tenant, channel, secret) => vault.seal(tenant, channel, secret, 'alert_channel'),
    open: (tenant, channel, secret) => vault.open(tenant, channel, secret, 'alert_channel'),
  };
  const sql = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows as Row[]);
  const tryLook = async (options: LookOptions = {}): Promise<LookResult | null> => {
    await sql(`update tenant_watch set due_at = now() - interval '1 second', lease_until = null where tenant_id = $1`, [
      tenantId,
    ]);
    const evaluator = new AlertEvaluator({
      tenants,
      ports: {
        lateness: ({ freshSince }, now) => (now.getTime() - freshSince.getTime() > 3_600_000 ? 1 : null),
        retention: () => Promise.resolve(options.retention ?? { hotDays: 7, deadLetterDays: 14 }),
      },
      everyMs: 15_000,
      countBooks: options.countBooks ?? (() => Promise.resolve()),
      tidy: options.tidy ?? (() => Promise.resolve()),
      ...(options.rules === undefined ? {} : { rules: options.rules }),
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    });
    return evaluator.look(tenantId);
  };
  return {
    tenantId,
    tenants,
    secrets,
    sql,
    async addConnection(fields = {}) {
      const id = newUuid();
      await sql(
        `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, 'test', '{}')`,
        [tenantId, id, `Connection ${id.slice(-12)}`],
      );
      await sql(`insert into connection_runtime (tenant_id, connection_id) values ($1, $2)`, [tenantId, id]);
      for (const [column, value] of Object.entries(fields))
        await sql(`update connections set ${column} = $3 where tenant_id = $1 and id = $2`, [tenantId, id, value]);
      return id;
    },
    async addChannel(kind, secret, fields = {}) {
      const id = newUuid();
      const sealed = secret === null ? null : await secrets.seal(tenantId, id, secret);
      if (sealed?.ok === false) throw new Error(sealed.error.detail);
      const leastSeverity = fields.leastSeverity ?? 'info';
      const channel = {
        id,
        name: `${kind}-${id}`,
        kind,
        recipients: fields.recipients ?? [],
        targetHost: null,
        secret: sealed?.value ?? null,
        leastSeverity,
        enabled: true,
      };
      const inserted = await tenants.run(tenantId, (tx) => insertChannel(tx, channel));
      if (!inserted.ok) throw new Error(inserted.error.detail);
      return id;
    },
    tryLook,
    async look(options) {
      const result = await tryLook(options);
      if (result === null) throw new Error('there was no look: the tenant was not due, or taken');
      if (result.failedRules.length > 0) throw new Error(`rules failed: ${result.failedRules.join(', ')}`);
      return result;
    },
    alerts: () => tenants.run(tenantId, (tx) => listAlerts(tx, {}, { limit: 100, before: null })),
    notifications: () =>
      sql<StoredNotification>(
        `select id, channel_id, kind, status, attempts, error from alert_notifications where tenant_id = $1 order by id`,
        [tenantId],
      ),
  };
}

/** A delivery that was given up, as the drain would have left it. @returns its id */
export async function plantDeadLetter(harness: AlertsHarness, connectionId: string, code = '6240'): Promise<string> {
  const [row] = await harness.sql<{ id: string }>(
    `insert into deliveries (tenant_id, tracking_id, connection_id, route_id, operation, ordering_mode, status, last_error, settled_at)
     values ($1, uuid_v7(), $2, $3, 'x', 'strict', 'dead', jsonb_build_object('category', 'duplicate', 'code', $4::text, 'message', 'the vendor named a person'), now()) returning id`,
    [harness.tenantId, connectionId, newUuid(), code],
  );
  return row?.id ?? '';
}
