import { newUuid } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { findLinkedIds } from '../links/link-lookup';
import { systemKey, type RecordRef } from '../links/link.types';
import { recordWrites, type RecordWrite } from '../links/record-writes';

/** A tenant of its own with three connections, and what is done to records and their links there. */
export class LinkStage {
  private constructor(
    readonly database: TestDatabase,
    readonly tenants: TenantDb,
    readonly tenant: string,
  ) {}

  static async open(database: TestDatabase): Promise<LinkStage> {
    return new LinkStage(database, new TenantDb(database.app), (await database.createTenant()).id);
  }

  async connection(connectorId: string): Promise<string> {
    const id = newUuid();
    await this.database.asSuperuser((client) =>
      client.query(
        `insert into connections (tenant_id, id, name, connector_id, config) values ($1, $2, $3, $4, '{}')`,
        [this.tenant, id, `${connectorId} ${id}`, connectorId],
      ),
    );
    return id;
  }

  record(...writes: RecordWrite[]): Promise<unknown> {
    return this.tenants.run(this.tenant, (tx) => recordWrites(tx, writes));
  }

  /** The id of a linked customer in that system. */
  async link(from: RecordRef, system: string, preferred: string | null = null): Promise<string | null> {
    const wanted = {
      from: systemKey(from.system),
      type: 'customer',
      id: from.recordId,
      system: { name: system },
    };
    const [found] = await this.tenants.run(this.tenant, (tx) => findLinkedIds(tx, [wanted], preferred));
    return found ?? null;
  }

  rememberedEnds(): Promise<Record<string, unknown>[]> {
    return this.tenants.run(this.tenant, (tx) =>
      tx.query(
        `select record_id, version_written as version, written_at is not null as written, writes, deleted, object,
                version_seen as seen_version, seen_at is not null as seen_once, seen
         from record_link_ends order by record_id`,
      ),
    );
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
): RecordWrite => ({
  type: 'customer',
  target,
  source,
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
