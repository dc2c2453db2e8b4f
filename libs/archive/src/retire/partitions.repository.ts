import { type Database } from '@hub/database';
import { ARCHIVE_KINDS, type ArchiveKind, type Day } from '../archive.types';

const CHILD = /^(events|deliveries|attempts|hub_events)_(\d{4})(\d{2})(\d{2})$/;

export interface KindDay {
  readonly kind: ArchiveKind;
  readonly day: Day;
}

/** Partitions of days, of all kinds, oldest first. */
export async function attachedDays(database: Database): Promise<KindDay[]> {
  const rows = await database.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = any (array['events', 'deliveries', 'attempts', 'hub_events']::regclass[])`,
  );
  return daysOf(rows);
}

/** Days that have left their tables and have not been dropped yet. */
export async function retiredDays(database: Database): Promise<KindDay[]> {
  const rows = await database.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'hub_retired' and c.relkind = 'r'`,
  );
  return daysOf(rows);
}

function daysOf(rows: readonly { name: string }[]): KindDay[] {
  return rows
    .flatMap(({ name }) => {
      const [, kind, year, month, day] = CHILD.exec(name) ?? [];
      return kind === undefined ? [] : [{ kind: kind as ArchiveKind, day: `${year}-${month}-${day}` }];
    })
    .sort((left, right) => (left.day < right.day ? -1 : left.day > right.day ? 1 : order(left) - order(right)));
}

function order({ kind }: KindDay): number {
  return ARCHIVE_KINDS.indexOf(kind);
}

/** Tenants that have rows between two days: one probe for each, however many rows there are. `from`: null for the beginning. */
export async function tenantsBetween(
  database: Database,
  kind: ArchiveKind,
  from: Day | null,
  before: Day,
): Promise<string[]> {
  const range = `id < uuid_v7_floor($2::date::timestamp at time zone 'UTC')
    and ($1::date is null or id >= uuid_v7_floor($1::date::timestamp at time zone 'UTC'))`;
  const rows = await database.query<{ tenant_id: string }>(
    `with recursive t as (
       (select tenant_id from ${kind} where ${range} order by tenant_id limit 1)
       union all
       select n.tenant_id from t cross join lateral (
         select tenant_id from ${kind} r where r.tenant_id > t.tenant_id and ${range} order by tenant_id limit 1) n)
     select tenant_id from t`,
    [from, before],
  );
  return rows.map((row) => row.tenant_id);
}

export type Retired = 'retired' | 'absent' | 'busy' | 'locked' | 'unsealed' | 'many_open';

const OUTCOMES: Readonly<Record<string, Retired>> = {
  // lock_not_available, object_not_in_prerequisite_state, program_limit_exceeded; a deadlock is a lock like any other.
  '55P03': 'locked',
  '40P01': 'locked',
  '55000': 'unsealed',
  '54000': 'many_open',
};

/** Takes a day out of its table; what has to stay goes into the default partition. */
export async function retireDay(database: Database, { kind, day }: KindDay, mostKept: number): Promise<Retired> {
  try {
    const [row] = await database.query<{ outcome: Retired }>(`select retire_day($1, $2, $3) as outcome`, [
      kind,
      day,
      mostKept,
    ]);
    return row?.outcome ?? 'busy';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const outcome = OUTCOMES[code];
    if (outcome === undefined) throw error;
    return outcome;
  }
}

/**
 * Drops a retired day after holding it against the archive.
 * @returns rows that went back into the default partition; null when somebody else is at it, or it is gone
 */
export async function dropRetiredDay(database: Database, { kind, day }: KindDay): Promise<number | null> {
  const [row] = await database.query<{ moved: number | null }>(`select drop_retired_day($1, $2) as moved`, [kind, day]);
  return row?.moved ?? null;
}
