import { TenantDb, type TenantTx } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { findLinkedIds } from '../links/link-lookup';
import { systemKey, type RecordRef } from '../links/link.types';
import { recordWrites, type RecordWrite } from '../links/record-writes';

/**
 * A database for the tests of one file, with a tenant and a connection of each of three systems for each of them, and what is
 * done to records and their links there.
 */
export class LinkStage {
  tenant = '';
  salesforce = '';
  quickbooks = '';
  netsuite = '';
  private made: { readonly database: TestDatabase; readonly tenants: TenantDb } | undefined;

  /** To be called where the tests are declared. */
  static open(): LinkStage {
    const stage = new LinkStage();
    beforeAll(async () => {
      const database = await createTestDatabase();
      stage.made = { database, tenants: new TenantDb(database.app) };
    });
    beforeEach(async () => {
      stage.tenant = (await stage.database.createTenant()).id;
      [stage.salesforce, stage.quickbooks, stage.netsuite] = await Promise.all([
        stage.connection('salesforce'),
        stage.connection('quickbooks'),
        stage.connection('netsuite'),
      ]);
    });
    afterAll(() => stage.made?.database.close());
    return stage;
  }

  get database(): TestDatabase {
    return this.opened.database;
  }

  get tenants(): TenantDb {
    return this.opened.tenants;
  }

  run<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.tenants.run(this.tenant, work);
  }

  connection(connectorId: string): Promise<string> {
    return this.database.createConnection(this.tenant, connectorId);
  }

  record(...writes: RecordWrite[]): Promise<unknown> {
    return this.run((tx) => recordWrites(tx, writes));
  }

  /** The id of a linked customer in that system. */
  async link(from: RecordRef, system: string, preferred: string | null = null): Promise<string | null> {
    const wanted = {
      from: systemKey(from.system),
      type: 'customer',
      id: from.recordId,
      system: { name: system },
    };
    const [found] = await this.run((tx) => findLinkedIds(tx, [wanted], preferred));
    return found ?? null;
  }

  rememberedEnds(): Promise<Record<string, unknown>[]> {
    return this.run((tx) =>
      tx.query(
        `select record_id, version_written as version, written_at is not null as written, writes, deleted, object,
                version_seen as seen_version, seen_at is not null as seen_once, seen
         from record_link_ends order by record_id`,
      ),
    );
  }

  private get opened(): { readonly database: TestDatabase; readonly tenants: TenantDb } {
    if (this.made === undefined) throw new Error('the database is not there yet');
    return this.made;
  }
}

export const ref = (connectionId: string, recordId: string): RecordRef => ({
  system: { connectionId, source: '' },
  recordId,
});

export const posted = (source: string, recordId: string): RecordRef => ({
  system: { connectionId: null, source },
  recordId,
});

export const write = (
  target: RecordRef,
  source: RecordRef | null,
  more: Partial<NonNullable<RecordWrite['write']>> = {},
  eventId = 'e-1',
): RecordWrite => ({
  type: 'customer',
  target,
  source,
  eventId,
  write: { payloadText: '{}', version: null, created: false, startedAt: new Date(), ...more },
});

/** `table inserted updated` for each table of links. */
export async function rowsWrittenBy(tx: TenantTx, work: () => Promise<unknown>): Promise<readonly string[]> {
  // The server counts on from earlier transactions of the connection until it has told its statistics.
  const count = (): Promise<{ name: string; inserted: number; updated: number }[]> =>
    tx.query(
      `select relname as name, n_tup_ins::int as inserted, n_tup_upd::int as updated from pg_stat_xact_user_tables
       where relname in ('record_links', 'record_link_ends') order by relname`,
    );
  const before = await count();
  await work();
  return (await count()).map(({ name, inserted, updated }, index) => {
    const was = before[index];
    return `${name} ${inserted - (was?.inserted ?? 0)} ${updated - (was?.updated ?? 0)}`;
  });
}
