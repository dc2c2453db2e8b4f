import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { type HubDatabase } from '@hub/testing';

/** Columns of rows of tenants in which a uuid stands, and whether in a list: read from the catalogue, so that none is forgotten. */
const UUID_COLUMNS = `
select c.relname as table, a.attname as column, a.atttypid = 'uuid[]'::regtype as listed
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped and a.atttypid in ('uuid'::regtype, 'uuid[]'::regtype) and a.attname <> 'tenant_id'
  and exists (select 1 from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id' and not t.attisdropped)
order by 1, 2`;

/** Where a row says what it is itself. */
const OWN = 'id';
const MOST_TOLD = 20;

/**
 * Rows of one tenant that name a thing which only another has. An id is one row's in the whole hub, so whatever stands in a
 * column needs no list of what it points at. By a client that no policy binds.
 */
export async function foreignRows(client: Client): Promise<string[]> {
  const { rows: columns } = await client.query<{ table: string; column: string; listed: boolean }>(UUID_COLUMNS);
  const ids = columns.map(({ table, column, listed }) => {
    const id = listed ? `unnest(${escapeIdentifier(column)})` : escapeIdentifier(column);
    const place = escapeLiteral(column === 'id' ? OWN : `${table}.${column}`);
    return `select ${place} as place, tenant_id, ${id} as id from ${escapeIdentifier(table)}`;
  });
  // One sort and no join: rows that have just been written have no statistics by which a join could be planned.
  const { rows } = await client.query<{ fault: string }>(
    `select place || ' of tenant ' || tenant_id || ' is ' || id || ' of tenant ' || owners[1] as fault
     from (select *, array_agg(tenant_id) filter (where place = '${OWN}') over (partition by id) as owners
           from (${ids.join(' union all ')}) every_one) owned
     where place <> '${OWN}' and tenant_id <> all(owners)
     limit ${MOST_TOLD}`,
  );
  return rows.map(({ fault }) => fault);
}

/** However the hub was killed and its pools were reset: nobody's row points into another's. */
export async function expectNoForeignRow(database: HubDatabase): Promise<void> {
  expect(await database.asSuperuser(foreignRows)).toEqual([]);
}
