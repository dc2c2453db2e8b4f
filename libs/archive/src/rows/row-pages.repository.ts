import { type TenantTx } from '@hub/tenancy';
import { type ArchiveKind, type Day } from '../archive.types';
import { type Position } from '../objects/archive-objects.repository';

/** One row of history on its way into an object. */
export interface HistoryRow {
  readonly tx: string;
  readonly id: string;
  /** JSON, as the database writes the row. */
  readonly line: string;
  /** Of the line: `hashtextextended`, as text. */
  readonly hash: string;
  /** What it points at, or null. */
  readonly ref: string | null;
  /** What the object's filter has of it. */
  readonly entry: string | null;
}

interface Table {
  readonly position: string;
  readonly ref: string;
  readonly entry: string;
  readonly kept: string;
}

const KEPT = 'exists (select 1 from archive_kept k where k.tenant_id = r.tenant_id and k.tracking_id =';
const TABLES: Readonly<Record<ArchiveKind, Table>> = {
  events: { position: '0::bigint', ref: 'null::uuid', entry: 'r.event_id', kept: `${KEPT} r.id)` },
  deliveries: {
    position: '0::bigint',
    ref: 'r.tracking_id',
    entry: 'r.tracking_id::text',
    kept: `${KEPT} r.tracking_id)`,
  },
  attempts: {
    position: '0::bigint',
    ref: 'r.delivery_id',
    entry: 'r.delivery_id::text',
    kept: `exists (select 1 from deliveries d join archive_kept k on k.tenant_id = d.tenant_id and k.tracking_id = d.tracking_id
                   where d.tenant_id = r.tenant_id and d.id = r.delivery_id)`,
  },
  hub_events: {
    position: 'r.tx_id',
    ref: 'r.tracking_id',
    entry: 'r.tracking_id::text',
    kept: `${KEPT} r.tracking_id)`,
  },
};

/** A payload may have 256 KiB: so many rows are held at once, whatever they weigh. */
export const PAGE_ROWS = 250;

/**
 * The next rows of a day that may leave, in the order of their position. The day's bounds prune to its partition, or to the
 * default one when it has none.
 */
export async function readHistory(
  tx: TenantTx,
  kind: ArchiveKind,
  day: Day,
  after: Position | null,
): Promise<HistoryRow[]> {
  const { position, ref, entry, kept } = TABLES[kind];
  // The hash is over the row's text, and that of a time depends on the zone.
  await tx.query(`select set_config('timezone', 'UTC', true)`);
  const order = kind === 'hub_events' ? 'r.tx_id, r.id' : 'r.id';
  const next =
    kind === 'hub_events' ? '(r.tx_id, r.id) > ($4::bigint, $5::uuid)' : '$4::bigint >= 0 and r.id > $5::uuid';
  return tx.query<HistoryRow & Record<string, unknown>>(
    `select ${position}::text as tx, r.id, l.line, hashtextextended(l.line, 0)::text as hash, ${ref} as ref, ${entry} as entry
     from ${kind} r cross join lateral (select row_to_json(r)::text as line) l
     where r.tenant_id = $1
       and r.id >= uuid_v7_floor($2::date::timestamp at time zone 'UTC') and r.id < uuid_v7_floor(($2::date + 1)::timestamp at time zone 'UTC')
       and ($3::boolean or ${next}) and not ${kept}
     order by ${order} limit ${PAGE_ROWS}`,
    [tx.tenantId, day, after === null, after?.tx ?? '0', after?.id ?? '00000000-0000-0000-0000-000000000000'],
  );
}

/** Days of the tenant's rows that are older than `before`, and have a row that may leave. */
export async function daysWithRows(tx: TenantTx, kind: ArchiveKind, before: Day): Promise<Day[]> {
  const rows = await tx.query<{ day: Day }>(
    `select distinct to_char(to_timestamp(('x' || replace(left(r.id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) at time zone 'UTC', 'YYYY-MM-DD') as day
     from ${kind} r
     where r.tenant_id = $1 and r.id < uuid_v7_floor($2::date::timestamp at time zone 'UTC') and not ${TABLES[kind].kept}
     order by 1`,
    [tx.tenantId, before],
  );
  return rows.map((row) => row.day);
}
