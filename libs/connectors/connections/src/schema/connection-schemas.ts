import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { newUuid, type JsonObject } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { tellConnectionEvent } from '../store/connection-events';
import { jsonText } from '../store/json-text';
import { diffFields, diffObjects, type SchemaChange } from './schema-diff';

/** How old an answer about a vendor's objects may be. */
const SCHEMA_TTL = '1 hour';
/** Name under which the list of objects is kept. */
const OBJECTS = '';
/** Of a change with thousands of differences (another edition of the vendor's product), the first ones are kept. */
const MOST_CHANGES = 500;

export interface Described<T> {
  readonly items: readonly T[];
  readonly describedAt: Date;
}

export interface SchemaChangeRow {
  id: string;
  object: string;
  changes: readonly SchemaChange[];
  previous_at: Date;
  detected_at: Date;
}

/** Null when there is none, or it is too old, or credentials and settings have changed since. */
export function findObjects(tx: TenantTx, connectionId: string): Promise<Described<ObjectSummary> | null> {
  return find<ObjectSummary>(tx, connectionId, OBJECTS);
}

export function findFields(
  tx: TenantTx,
  connectionId: string,
  object: string,
): Promise<Described<FieldSummary> | null> {
  return find<FieldSummary>(tx, connectionId, object);
}

/** Keeps the list of objects, and tells what is different from the one before. */
export function keepObjects(
  tx: TenantTx,
  connectionId: string,
  objects: readonly ObjectSummary[],
): Promise<Described<ObjectSummary>> {
  return keep(tx, connectionId, OBJECTS, objects, diffObjects);
}

/** Keeps the fields of one object, and tells what is different from the time before. */
export function keepFields(
  tx: TenantTx,
  connectionId: string,
  object: string,
  fields: readonly FieldSummary[],
): Promise<Described<FieldSummary>> {
  return keep(tx, connectionId, object, fields, diffFields);
}

/** Other credentials or settings may see other objects: the next look asks the vendor. */
export async function expireSchemas(tx: TenantTx, connectionId: string): Promise<void> {
  await tx.query(`update connection_schemas set stale = true where tenant_id = $1 and connection_id = $2`, [
    tx.tenantId,
    connectionId,
  ]);
}

/** Newest first. `before` is the id of the last one on the page before. */
export async function listSchemaChanges(
  tx: TenantTx,
  connectionId: string,
  page: { readonly limit: number; readonly before: string | null },
): Promise<SchemaChangeRow[]> {
  return tx.query<SchemaChangeRow & Record<string, unknown>>(
    `select id, object, changes, previous_at, detected_at from connection_schema_changes
     where tenant_id = $1 and connection_id = $2 and ($3::uuid is null or id < $3) order by id desc limit $4`,
    [tx.tenantId, connectionId, page.before, page.limit],
  );
}

async function find<T>(tx: TenantTx, connectionId: string, object: string): Promise<Described<T> | null> {
  const [row] = await tx.query<{ described: T[]; described_at: Date }>(
    `select described, described_at from connection_schemas
     where tenant_id = $1 and connection_id = $2 and object = $3 and not stale
       and described_at > now() - interval '${SCHEMA_TTL}'`,
    [tx.tenantId, connectionId, object],
  );
  return row === undefined ? null : { items: row.described, describedAt: row.described_at };
}

async function keep<T extends { readonly name: string }>(
  tx: TenantTx,
  connectionId: string,
  object: string,
  items: readonly T[],
  diff: (before: readonly T[], after: readonly T[]) => SchemaChange[],
): Promise<Described<T>> {
  // The lock orders two looks at once: the second compares with what the first has kept.
  const [before] = await tx.query<{ described: T[]; described_at: Date }>(
    `select described, described_at from connection_schemas
     where tenant_id = $1 and connection_id = $2 and object = $3 for update`,
    [tx.tenantId, connectionId, object],
  );
  const [row] = await tx.query<{ described_at: Date }>(
    `insert into connection_schemas (tenant_id, connection_id, object, described, described_at) values ($1, $2, $3, $4, now())
     on conflict (tenant_id, connection_id, object)
       do update set described = excluded.described, described_at = excluded.described_at, stale = false
     returning described_at`,
    [tx.tenantId, connectionId, object, jsonText(items)],
  );
  if (row === undefined) throw new Error('a description was not stored');
  const changes = before === undefined ? [] : diff(before.described, items).slice(0, MOST_CHANGES);
  if (before !== undefined && changes.length > 0) {
    await tx.query(
      `insert into connection_schema_changes (tenant_id, id, connection_id, object, changes, previous_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [tx.tenantId, newUuid(), connectionId, object, jsonText(changes), before.described_at],
    );
    await tellConnectionEvent(tx, 'connection.schema_changed', connectionId, {
      object: object === OBJECTS ? null : object,
      changes: changes as unknown as JsonObject[],
    });
  }
  return { items, describedAt: row.described_at };
}
