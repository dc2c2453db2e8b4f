import { type TenantTx } from '@hub/tenancy';
import { type ArchiveKind } from '../archive.types';

/** One statement takes so many rows: their text is a parameter, which has to be held in memory on both sides. */
const ROWS_AT_ONCE = 500;

/**
 * Puts rows back as they were. A row that is there already is left as it is: it is younger than the archive's. Columns that
 * the table has no longer are left out, those that it did not have then get their default.
 *
 * @param lines JSON of each row, as the database wrote it
 * @returns ids of the rows that were not there
 */
export async function insertHistory(tx: TenantTx, kind: ArchiveKind, lines: readonly string[]): Promise<string[]> {
  const inserted: string[] = [];
  for (let start = 0; start < lines.length; start += ROWS_AT_ONCE) {
    const some = lines.slice(start, start + ROWS_AT_ONCE);
    for (const [columns, rows] of byColumns(some)) {
      const known = await knownColumns(tx, kind, columns);
      const names = known.map((name) => `"${name}"`).join(', ');
      const put = await tx.query<{ id: string }>(
        `insert into ${kind} (${names}) select ${names} from jsonb_populate_recordset(null::${kind}, $1::jsonb) on conflict do nothing returning id`,
        [`[${rows.join(',')}]`],
      );
      inserted.push(...put.map((row) => row.id));
    }
  }
  return inserted;
}

/** Rows of one object have the same columns, unless a migration came between them. */
function byColumns(lines: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const columns = Object.keys(JSON.parse(line) as object).join(',');
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [line]);
    else group.push(line);
  }
  return groups;
}

async function knownColumns(tx: TenantTx, kind: ArchiveKind, columns: string): Promise<string[]> {
  const rows = await tx.query<{ name: string }>(
    `select attname::text as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname = any (string_to_array($2, ',')) order by attnum`,
    [kind, columns],
  );
  return rows.map((row) => row.name);
}

/** Holds off whoever deletes rows of the tenant from the default partition, until the end of the transaction. */
export async function lockAgainstPurge(tx: TenantTx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('restore ' || $1::text, 0))`, [tx.tenantId]);
}

export async function keepRestored(tx: TenantTx, trackingIds: readonly string[], days: number): Promise<void> {
  await tx.query(
    `insert into archive_kept (tenant_id, tracking_id, reason, until)
     select $1, id, 'restored', now() + make_interval(days => $3::integer) from unnest($2::uuid[]) id order by id
     on conflict (tenant_id, tracking_id, reason) do update set until = greatest(archive_kept.until, excluded.until)`,
    [tx.tenantId, trackingIds, days],
  );
}

/** Ids of those events that the database has. */
export async function eventsAtHand(tx: TenantTx, trackingIds: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(`select id from events where tenant_id = $1 and id = any ($2::uuid[])`, [
    tx.tenantId,
    trackingIds,
  ]);
  return rows.map((row) => row.id);
}
