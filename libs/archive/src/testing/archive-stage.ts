import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Database } from '@hub/database';
import {
  createLocalKeyring,
  FolderStore,
  newUuid,
  retentionSettings,
  type Keyring,
  type ObjectStore,
} from '@hub/platform';
import { TenantDataKeys, TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { dayAt, daysAfter, startOf, type ArchiveKind, type Day } from '../archive.types';
import { ArchiveReader } from '../read/archive-reader';
import { ObjectReader } from '../read/object-reader';
import { Restorer } from '../restore/restorer';
import { attachedDays } from '../retire/partitions.repository';
import { Expirer } from '../retention/expirer';
import { silentArchiveObserver, type ArchiveObserver } from '../run/archive-observer';
import { ArchiveRun } from '../run/archive-run';

/** A UUIDv7 of that moment. */
export function uuidAt(ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${newUuid().slice(15)}`;
}

export const TABLES = ['events', 'deliveries', 'attempts', 'hub_events'] as const;

export interface PlantedEvent {
  readonly id: string;
  readonly eventId: string;
  readonly deliveryId: string;
}

/** A tenant's history of days gone by, and what archives it. */
export interface ArchiveStage {
  readonly tenantId: string;
  readonly connectionId: string;
  readonly store: ObjectStore;
  readonly tenants: TenantDb;
  readonly keys: TenantDataKeys;
  readonly reader: ArchiveReader;
  run(options?: {
    store?: ObjectStore;
    observer?: Partial<ArchiveObserver>;
    workerId?: string;
    dispatcher?: Database;
  }): ArchiveRun;
  restorer(store?: ObjectStore, observer?: Partial<ArchiveObserver>): Restorer;
  expirer(nowMs: number): Expirer;
  /** One event with a delivery, an attempt and what happened. */
  plant(day: Day, options?: PlantOptions): Promise<PlantedEvent>;
  /** Rows of the tenant in the database, as JSON, by table. */
  rows(): Promise<Record<ArchiveKind, Record<string, unknown>[]>>;
  close(): Promise<void>;
}

export interface PlantOptions {
  readonly status?: string;
  readonly payload?: string;
  readonly eventId?: string;
  readonly type?: string;
  readonly internal?: boolean;
  readonly settledAt?: string;
  readonly atMs?: number;
}

/** A day so many days ago. */
export function daysAgo(days: number): Day {
  return daysAfter(dayAt(Date.now()), -days);
}

export async function makeDay(database: TestDatabase, day: Day): Promise<void> {
  await database.asSuperuser(async (client) => {
    for (const table of TABLES) {
      const child = `${table}_${day.replaceAll('-', '')}`;
      await client.query(
        `set role hub_owner;
         create table if not exists ${child} partition of ${table} for values
           from (uuid_v7_floor('${day}T00:00:00Z')) to (uuid_v7_floor('${daysAfter(day, 1)}T00:00:00Z'));
         alter table ${child} enable row level security; alter table ${child} force row level security; reset role`,
      );
    }
  });
}

/** For the next test: nothing of this one's is left in the database, and nobody is at work. */
export async function emptyArchive(database: TestDatabase): Promise<void> {
  await database.asSuperuser(async (client) => {
    await client.query(`delete from archive_kept; delete from archive_objects; delete from archive_days;
      update archive_state set holder = null, lease_until = null, failing_since = null, error_code = null`);
    for (const table of TABLES) await client.query(`delete from ${table}`);
  });
}

export async function stageArchive(database: TestDatabase, keyring?: Keyring): Promise<ArchiveStage> {
  const { id: tenantId } = await database.createTenant();
  const tenants = new TenantDb(database.app, { internal: true });
  const connectionId = newUuid();
  const routeId = newUuid();
  await tenants.run(tenantId, async (tx) => {
    await tx.query(
      `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, 'http', '{}')`,
      [tenantId, connectionId, connectionId],
    );
    await tx.query(
      `insert into routes (tenant_id, id, name, event_type, event_type_like, connection_id, operation, ordering_key, ordering_mode)
       values ($1, $2, $4, '*', '%', $3, 'thing.upsert', 'subject', 'strict')`,
      [tenantId, routeId, connectionId, routeId],
    );
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'hub-archive-'));
  const store = new FolderStore(folder);
  const ring = keyring ?? createLocalKeyring([{ id: 'k1', key: randomBytes(32) }], 'k1');
  const settings = retentionSettings.parse({});
  const newKeys = (): TenantDataKeys => new TenantDataKeys({ tenants, keyring: ring });
  const keys = newKeys();
  const rows = async (): Promise<Record<ArchiveKind, Record<string, unknown>[]>> =>
    database.asSuperuser(async (client) => {
      await client.query(`set timezone = 'UTC'`);
      const found = {} as Record<ArchiveKind, Record<string, unknown>[]>;
      for (const table of TABLES) {
        const { rows: all } = await client.query<{ row: Record<string, unknown> }>(
          `select row_to_json(r) as row from ${table} r where tenant_id = $1 order by id`,
          [tenantId],
        );
        found[table] = all.map(({ row }) => row);
      }
      return found;
    });
  return {
    tenantId,
    connectionId,
    store,
    tenants,
    keys,
    reader: new ArchiveReader({ tenants, objects: new ObjectReader(store, keys) }),
    run: (options = {}) =>
      new ArchiveRun({
        tenants,
        dispatcher: options.dispatcher ?? database.dispatcher,
        store: options.store ?? store,
        keys: newKeys(),
        settings,
        observer: { ...silentArchiveObserver, ...options.observer },
        workerId: options.workerId ?? newUuid(),
      }),
    restorer: (other = store, observer = {}) =>
      new Restorer({
        tenants,
        dispatcher: database.dispatcher,
        objects: new ObjectReader(other, newKeys()),
        observer: { ...silentArchiveObserver, ...observer },
      }),
    expirer: (nowMs) => new Expirer({ tenants, dispatcher: database.dispatcher, store, settings, clock: () => nowMs }),
    async plant(day, options = {}) {
      const at = options.atMs ?? startOf(day) + 12 * 60 * 60_000 + Math.floor(Math.random() * 60_000);
      const [id, deliveryId, eventId] = [uuidAt(at), uuidAt(at + 5), options.eventId ?? newUuid()];
      const status = options.status ?? 'succeeded';
      const isOpen = ['pending', 'delivering', 'retrying', 'held'].includes(status);
      const moment = new Date(at).toISOString();
      await database.asSuperuser(async (client) => {
        await client.query(
          `insert into events (tenant_id, id, event_id, type, subject, received_at, payload, status, deliveries_total, deliveries_open, internal)
           values ($1, $2, $3, $4, 'thing/1', $5, $6, $7, 1, $8, $9)`,
          [
            tenantId,
            id,
            eventId,
            options.type ?? 'thing.changed',
            moment,
            options.payload ?? '{"n":1}',
            isOpen ? 'open' : status === 'dead' ? 'failed' : 'succeeded',
            isOpen ? 1 : 0,
            options.internal ?? false,
          ],
        );
        await client.query(
          `insert into deliveries (tenant_id, id, tracking_id, connection_id, route_id, operation, ordering_key, ordering_mode, status, attempts, created_at, settled_at, mapped_payload, last_error, internal)
           values ($1, $2, $3, $4, $5, 'thing.upsert', 'thing/1', 'strict', $6, 1, $7, $8, '{"sent":1.0}', '{"category":"validation","code":"x","message":"y"}', $9)`,
          [
            tenantId,
            deliveryId,
            id,
            connectionId,
            routeId,
            status,
            moment,
            isOpen ? null : (options.settledAt ?? moment),
            options.internal ?? false,
          ],
        );
        await client.query(
          `insert into attempts (tenant_id, id, delivery_id, number, started_at, duration_ms, outcome, request) values ($1, $2, $3, 1, $4, 3, 'succeeded', 'POST /')`,
          [tenantId, uuidAt(at + 10), deliveryId, moment],
        );
        await client.query(
          `insert into hub_events (tenant_id, id, type, tracking_id, delivery_id, connection_id, created_at) values ($1, $2, 'delivery.succeeded', $3, $4, $5, $6)`,
          [tenantId, uuidAt(at + 11), id, deliveryId, connectionId, moment],
        );
      });
      return { id, eventId, deliveryId };
    },
    rows,
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A store's methods, apart from their object. */
export function wrap(store: ObjectStore): ObjectStore {
  return {
    location: store.location,
    put: (...args) => store.put(...args),
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    list: (...args) => store.list(...args),
    delete: (...args) => store.delete(...args),
    close: () => store.close(),
  };
}

/** The dispatcher's connection, on which `call` comes right before each call of the function, with its first argument. */
export function before(
  database: Database,
  called: 'retire_day' | 'drop_retired_day',
  call: (kind: ArchiveKind) => Promise<void>,
): Database {
  return Object.assign(Object.create(database) as Database, {
    query: async (...[sql, values]: Parameters<Database['query']>) => {
      if (sql.includes(`select ${called}(`)) await call(values?.[0] as ArchiveKind);
      return database.query(sql, values);
    },
  });
}

/** Whether the day is still one of the database's, and not only of the archive. */
export async function hasDay(database: TestDatabase, day: string): Promise<boolean> {
  return (await attachedDays(database.dispatcher)).some((each) => each.day === day);
}
