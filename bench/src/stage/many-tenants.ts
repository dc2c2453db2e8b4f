import { issueKey } from '@hub/tenancy';
import { type Stage } from './stage';

export interface CopiedTenant {
  readonly apiKey: string;
  /** One for each connection, in order. */
  readonly eventTypes: readonly string[];
}

export interface CopyPlan {
  /** A tenant made through the API, with one connection, one mapping and one route. */
  readonly model: string;
  readonly tenants: number;
  /** Of each, every one with a route of its own. */
  readonly connections: number;
  readonly status?: 'active' | 'paused';
}

const PLAN = `create temp table copies on commit drop as
  select n, gen_random_uuid() as tenant_id, gen_random_uuid() as mapping_id, prefix, hash
  from unnest($1::text[], $2::text[]) with ordinality as issued(prefix, hash, n)`;
const CONNECTIONS = `create temp table copied_connections on commit drop as
  select c.tenant_id, c.mapping_id, k, gen_random_uuid() as connection_id from copies c, generate_series(0, $1::int - 1) k`;

/** Each row as the API made it for the model, but for what must differ: whatever columns a table has, none is left out. */
const copied = (table: string, from: string, changes: string, of = 'tenant_id'): string =>
  `insert into ${table} select made.* from ${table} model, ${from} c,
     jsonb_populate_record(model, jsonb_build_object(${changes})) made where model.${of} = $1`;

/** Copies of a tenant and its configuration, by SQL, because thousands of requests would take longer than what is measured. */
export async function copyTenant(stage: Stage, plan: CopyPlan): Promise<CopiedTenant[]> {
  const keys = Array.from({ length: plan.tenants }, () => issueKey('live'));
  const hashes = keys.map(({ hash }) => `\\x${hash.toString('hex')}`);
  const model = [plan.model];
  await stage.inTransaction(async (client) => {
    await client.query(PLAN, [keys.map(({ prefix }) => prefix), hashes]);
    await client.query(CONNECTIONS, [plan.connections]);
    await client.query(copied('tenants', 'copies', `'id', c.tenant_id, 'slug', 'bench-copy-' || c.n`, 'id'), model);
    await client.query(
      copied(
        'api_keys',
        'copies',
        `'tenant_id', c.tenant_id, 'id', gen_random_uuid(), 'prefix', c.prefix, 'secret_hash', c.hash`,
      ),
      model,
    );
    await client.query(
      copied('mappings', 'copies', `'tenant_id', c.tenant_id, 'id', c.mapping_id, 'published_version', null`),
      model,
    );
    await client.query(
      copied('mapping_versions', 'copies', `'tenant_id', c.tenant_id, 'mapping_id', c.mapping_id`),
      model,
    );
    await client.query(`update mappings set published_version = 1 where published_version is null`);
    // What is sealed opens for its own tenant alone; a receiver without a sign-in needs nothing of it.
    const others = `'status', '${plan.status ?? 'active'}', 'credentials_sealed', null, 'credentials_key_id', null`;
    await client.query(
      copied(
        'connections',
        'copied_connections',
        `'tenant_id', c.tenant_id, 'id', c.connection_id, 'name', 'Sink ' || c.k, ${others}`,
      ),
      model,
    );
    await client.query(
      copied(
        'connection_runtime',
        'copied_connections',
        `'tenant_id', c.tenant_id, 'connection_id', c.connection_id, 'slot_token', null, 'slot_until', null`,
      ),
      model,
    );
    await client.query(
      copied(
        'routes',
        'copied_connections',
        `'tenant_id', c.tenant_id, 'id', gen_random_uuid(), 'name', 'Route ' || c.k, 'connection_id', c.connection_id,
         'mapping_id', c.mapping_id, 'event_type', 'bench.c' || c.k, 'event_type_like', 'bench.c' || c.k`,
      ),
      model,
    );
  });
  const eventTypes = Array.from({ length: plan.connections }, (_none, k) => `bench.c${k}`);
  return keys.map(({ key }) => ({ apiKey: key, eventTypes }));
}
