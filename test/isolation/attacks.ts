import { DatabaseError, type Client } from 'pg';
import { tenantColumn } from './catalogue-checks';
import { insertion, type Row, type SampleRows } from './sample-rows';

export interface Stage {
  readonly rows: SampleRows;
  readonly victim: string;
  readonly attacker: string;
  readonly victimRows: ReadonlyMap<string, Row>;
  readonly attackerRows: ReadonlyMap<string, Row>;
}

/** A statement that an attacker tries; it must fail or touch nothing. */
export interface Attack {
  readonly name: string;
  readonly sql: string;
  readonly values: readonly (string | null)[];
  /** SQLSTATEs that it may end in. */
  readonly refusals: readonly string[];
}

/** By a policy or a grant, or by a setting that is no uuid. A key's refusal does not count: it tells that the row exists. */
const BY_POLICY = ['42501', '22P02'];
const BY_FOREIGN_KEY = ['23503'];

/** Every way to reach or plant a row of the victim in one table. */
export function attacksOn(stage: Stage, table: string): Attack[] {
  const { victim, attacker, rows } = stage;
  const column = tenantColumn(table);
  const [mine, theirs] = [stage.attackerRows.get(table), stage.victimRows.get(table)];
  if (mine === undefined || theirs === undefined) throw new Error(`no sample rows for ${table}`);
  const fresh = rows.make(table, victim, stage.victimRows);
  // A tenant's row is its own: a new one is that of a tenant which is neither of the two.
  const foreign = table === 'tenants' ? rows.make(table, '01900000-0000-7000-8000-000000000001', new Map()) : fresh;
  const [insert, inserted] = insertion(table, foreign);
  const [upsert, upserted] = insertion(table, theirs, `on conflict do nothing`);
  const [overwrite, overwritten] = insertion(
    table,
    theirs,
    `on conflict (${primaryKey(stage, table)}) do update set ${column} = excluded.${column}`,
  );
  const attacks: readonly Omit<Attack, 'refusals'>[] = [
    { name: 'SELECT', sql: `select 1 from ${table} where ${column} = $1`, values: [victim] },
    { name: 'SELECT all but its own', sql: `select 1 from ${table} where ${column} <> $1`, values: [attacker] },
    { name: 'SELECT FOR UPDATE', sql: `select 1 from ${table} where ${column} = $1 for update`, values: [victim] },
    { name: 'INSERT', sql: insert, values: inserted },
    { name: 'UPDATE', sql: `update ${table} set ${column} = ${column} where ${column} = $1`, values: [victim] },
    {
      name: 'UPDATE all but its own',
      sql: `update ${table} set ${column} = ${column} where ${column} <> $1`,
      values: [attacker],
    },
    { name: 'DELETE', sql: `delete from ${table} where ${column} = $1`, values: [victim] },
    { name: 'UPSERT that ignores', sql: upsert, values: upserted },
    { name: 'UPSERT that overwrites', sql: overwrite, values: overwritten },
    {
      name: 'UPDATE that gives a row away',
      sql: `update ${table} set ${column} = $1 where ${column} = $2`,
      values: [victim, attacker],
    },
    {
      name: 'UPDATE that takes a row',
      sql: `update ${table} set ${column} = $1 where ${column} = $2`,
      values: [attacker, victim],
    },
    { name: 'COPY TO', sql: `copy (select * from ${table} where ${column} <> '${attacker}') to stdout`, values: [] },
    { name: 'TRUNCATE', sql: `truncate ${table} cascade`, values: [] },
  ];
  return attacks.map((attack) => ({ ...attack, refusals: BY_POLICY }));
}

/** A row of the attacker's own that points at the victim's parent: what a foreign key without the tenant would let through. */
export function plantings(stage: Stage, table: string): Attack[] {
  return stage.rows.parentsOf(table).flatMap((key) => {
    const parent = stage.victimRows.get(key.target);
    if (parent === undefined) return [];
    const row: Record<string, string | null> = { ...stage.rows.make(table, stage.attacker, stage.attackerRows) };
    key.columns.forEach((column, index) => {
      if (column !== 'tenant_id') row[column] = parent[key.target_columns[index] ?? ''] ?? null;
    });
    const [sql, values] = pointing(table, key.columns, row, stage.attacker);
    // A self-reference and an optional version have no row to point at here; the catalogue checks cover their keys.
    return Object.values(row).includes(null)
      ? []
      : [{ name: `row that points at another tenant's ${key.target}`, sql, values, refusals: BY_FOREIGN_KEY }];
  });
}

/** Tables with one row for each parent: a second one would be refused for that, and tell nothing of the other key. */
const ONE_FOR_EACH_PARENT: ReadonlySet<string> = new Set(['webhook_endpoints']);

function pointing(
  table: string,
  columns: readonly string[],
  row: Row,
  attacker: string,
): [sql: string, values: readonly (string | null)[]] {
  if (!ONE_FOR_EACH_PARENT.has(table)) return insertion(table, row);
  const pointers = columns.filter((column) => column !== 'tenant_id');
  const changes = pointers.map((column, index) => `${column} = $${index + 2}`);
  return [
    `update ${table} set ${changes.join(', ')} where ${tenantColumn(table)} = $1`,
    [attacker, ...pointers.map((column) => row[column] ?? null)],
  ];
}

function primaryKey(stage: Stage, table: string): string {
  const known = stage.rows.primaryKeyOf(table);
  if (known.length === 0) throw new Error(`${table} has no primary key`);
  return known.join(', ');
}

/**
 * Tries each attack in a savepoint of the client's open transaction.
 * @returns those that were not refused, as `name: 2 rows`, or `name: error 23505` for an error that is no refusal
 */
export async function reached(client: Client, attacks: readonly Attack[]): Promise<string[]> {
  const found: string[] = [];
  for (const attack of attacks) {
    await client.query('savepoint attack');
    const outcome = await outcomeOf(client, attack);
    await client.query('rollback to savepoint attack');
    if (outcome !== null) found.push(`${attack.name}: ${outcome}`);
  }
  return found;
}

async function outcomeOf(client: Client, attack: Attack): Promise<string | null> {
  try {
    const { rowCount } = await client.query(attack.sql, [...attack.values]);
    if (rowCount === 0) return null;
    return rowCount === null ? 'done' : `${rowCount} rows`;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    return attack.refusals.includes(error.code ?? '') ? null : `error ${error.code ?? ''}`;
  }
}
