import { randomBytes } from 'node:crypto';
import { type Client, type QueryResultRow } from 'pg';
import { newUuid } from '@hub/platform';
import { foreignKeys, tenantColumn, tenantTables, type ForeignKey } from './catalogue-checks';

/** One row as SQL values, all of them text: the server casts them to the column's type. */
export type Row = Readonly<Record<string, string | null>>;

interface Column extends QueryResultRow {
  table: string;
  name: string;
  type: string;
  needed: boolean;
  check: string | null;
}

/** What a type cannot tell: texts whose CHECK is not a list of words, and numbers of which there is one for each parent. */
const PATTERNED: Readonly<Record<string, () => string>> = {
  'tenants.slug': () => `t-${randomBytes(6).toString('hex')}`,
  'mapping_backtest_items.number': () => String(randomBytes(3).readUIntBE(0, 3)),
  'invitations.email': () => `${randomBytes(6).toString('hex')}@example.com`,
  'sso_domains.domain': () => `${randomBytes(6).toString('hex')}.example`,
  'audit_settings.retention_days': () => '400',
};

const COLUMNS = `
select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type, a.attnotnull and not a.atthasdef as needed,
       (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum] limit 1) as check
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum`;

const PRIMARY_KEYS = `
select c.relname as table, array_agg(a.attname::text) as columns
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any(k.conkey)
where k.contype = 'p' and c.relnamespace = 'public'::regnamespace group by c.relname`;

/**
 * Makes valid rows for any table out of its column types, checks and foreign keys, so that a table of tomorrow is tested
 * without anybody remembering to. A row that cannot be made this way fails the test by the table's name.
 */
export class SampleRows {
  private constructor(
    /** Parents before children. */
    readonly tables: readonly string[],
    private readonly columns: readonly Column[],
    private readonly keys: readonly ForeignKey[],
    private readonly primaryKeys: ReadonlyMap<string, readonly string[]>,
  ) {}

  static async read(client: Client): Promise<SampleRows> {
    const [tables, keys] = [await tenantTables(client), await foreignKeys(client)];
    const columns = (await client.query<Column>(COLUMNS)).rows;
    const primary = (await client.query<{ table: string; columns: string[] }>(PRIMARY_KEYS)).rows;
    return new SampleRows(
      parentsFirst(tables, needed(keys, columns)),
      columns,
      keys,
      new Map(primary.map((key) => [key.table, key.columns])),
    );
  }

  primaryKeyOf(table: string): readonly string[] {
    return this.primaryKeys.get(table) ?? [];
  }

  columnsOf(table: string): string[] {
    return this.columns.filter((column) => column.table === table).map((column) => column.name);
  }

  /** The foreign keys of a table to another tenant table, `tenants` itself aside. */
  parentsOf(table: string): ForeignKey[] {
    return this.keys.filter(
      (key) => key.table === table && key.target !== 'tenants' && this.tables.includes(key.target),
    );
  }

  /** A new row of the tenant, children pointing at the tenant's own `parents`. */
  make(table: string, tenantId: string, parents: ReadonlyMap<string, Row>): Row {
    const row: Record<string, string | null> = {};
    for (const column of this.columns.filter((candidate) => candidate.table === table && candidate.needed)) {
      row[column.name] = PATTERNED[`${table}.${column.name}`]?.() ?? valueOf(column);
    }
    for (const key of this.keys.filter((candidate) => candidate.table === table)) {
      const parent = key.target === 'tiers' ? { name: 'free' } : parents.get(key.target);
      if (parent === undefined || !key.columns.every((column) => column in row || column === 'tenant_id')) continue;
      key.columns.forEach((column, index) => (row[column] = parent[key.target_columns[index] ?? ''] ?? null));
    }
    row[tenantColumn(table)] = tenantId;
    return row;
  }

  /** One row of the tenant in every table. The client must be one that no policy binds. */
  async plant(client: Client, tenantId: string, tables = this.tables): Promise<Map<string, Row>> {
    const planted = new Map<string, Row>([['users', await plantUser(client)]]);
    for (const table of tables) {
      const row = this.make(table, tenantId, planted);
      try {
        await client.query(...insertion(table, row));
      } catch (error) {
        throw new Error(
          `no sample row could be made for table "${table}": give sample-rows.ts what its types do not say`,
          { cause: error },
        );
      }
      planted.set(table, row);
    }
    return planted;
  }
}

/** People are nobody's rows: a tenant's memberships point at them. */
async function plantUser(client: Client): Promise<Row> {
  const row = { id: newUuid(), email: `${randomBytes(6).toString('hex')}@example.com`, name: 'sample' };
  await client.query(...insertion('users', row));
  return row;
}

export function insertion(table: string, row: Row, suffix = ''): [string, (string | null)[]] {
  const names = Object.keys(row);
  const values = names.map((_name, index) => `$${index + 1}`);
  return [`insert into ${table} (${names.join(', ')}) values (${values.join(', ')}) ${suffix}`, Object.values(row)];
}

function valueOf(column: Column): string {
  const word = /'([^']+)'::text/.exec(column.check ?? '');
  if (column.check !== null && word?.[1] !== undefined) return word[1];
  switch (column.type) {
    case 'uuid':
      return newUuid();
    case 'text':
      return randomBytes(8).toString('hex');
    case 'integer':
    case 'bigint':
      return '1';
    case 'numeric':
      return '1';
    case 'date':
      return '2026-01-01';
    case 'boolean':
      return 'true';
    case 'bytea':
      return `\\x${randomBytes(8).toString('hex')}`;
    case 'json':
    case 'jsonb':
      return '{}';
    case 'text[]':
      return '{}';
    case 'timestamp with time zone':
      return '2026-01-01T00:00:00Z';
    default:
      throw new Error(`no sample value for ${column.table}.${column.name} of type ${column.type}`);
  }
}

/** A key that may be left empty orders nothing: a mapping and its published version point at each other. */
function needed(keys: readonly ForeignKey[], columns: readonly Column[]): ForeignKey[] {
  const filled = new Set(columns.filter((column) => column.needed).map((column) => `${column.table}.${column.name}`));
  return keys.filter((key) => key.columns.every((column) => filled.has(`${key.table}.${column}`)));
}

function parentsFirst(tables: readonly string[], keys: readonly ForeignKey[]): string[] {
  const ordered: string[] = [];
  const visit = (table: string, path: readonly string[]): void => {
    if (ordered.includes(table) || path.includes(table) || !tables.includes(table)) return;
    for (const key of keys.filter((candidate) => candidate.table === table)) visit(key.target, [...path, table]);
    ordered.push(table);
  };
  tables.forEach((table) => visit(table, []));
  return ordered;
}
