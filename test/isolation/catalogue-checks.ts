import { type Client, type QueryResultRow } from 'pg';
import {
  DEFINER_FUNCTIONS,
  FURTHER_POLICIES,
  GRANTS,
  HISTORY,
  NOT_LED_BY_TENANT,
  WITHOUT_FOREIGN_KEY,
  WITHOUT_TENANT,
} from './exceptions';
import { wording, type Wording } from './policy-wording';

/** A schema in which every rule of tenancy that the catalogue can show holds has none of these. */
export type Violation = string;

/** `tenants` is its own tenant. */
export const tenantColumn = (table: string): string => (table === 'tenants' ? 'id' : 'tenant_id');

const RELATIONS = `
select c.relname as name, c.relkind as kind, c.relispartition as partition, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       c.reloptions @> array['security_invoker=true'] or c.reloptions @> array['security_invoker=on'] as invoker,
       pg_get_userbyid(c.relowner) as owner,
       (select bool_and(a.attnotnull and a.atttypid = 'uuid'::regtype) from pg_attribute a
         where a.attrelid = c.oid and a.attname = case c.relname when 'tenants' then 'id' else 'tenant_id' end) as tenant_column
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1`;

interface Relation extends QueryResultRow {
  name: string;
  kind: string;
  partition: boolean;
  enabled: boolean;
  forced: boolean;
  invoker: boolean | null;
  owner: string;
  tenant_column: boolean | null;
}

async function rows<Row extends QueryResultRow>(client: Client, sql: string): Promise<Row[]> {
  return (await client.query<Row>(sql)).rows;
}

export async function relations(client: Client): Promise<Relation[]> {
  return rows<Relation>(client, RELATIONS);
}

/** Names of the tables whose rows belong to tenants: whatever is neither a partition nor argued for. */
export async function tenantTables(client: Client): Promise<string[]> {
  const found = await relations(client);
  return found
    .filter((relation) => !relation.partition && !(relation.name in WITHOUT_TENANT))
    .map((relation) => relation.name);
}

export async function allViolations(client: Client): Promise<Violation[]> {
  const checks = [
    relationViolations,
    policyViolations,
    indexViolations,
    foreignKeyViolations,
    grantViolations,
    functionViolations,
    roleViolations,
  ];
  const found: Violation[] = [];
  for (const check of checks) found.push(...(await check(client)));
  return found;
}

/** Tenant column, row-level security on and forced; views run with the caller's rights. */
async function relationViolations(client: Client): Promise<Violation[]> {
  const found = await relations(client);
  const names = new Set(found.map((relation) => relation.name));
  const stale = [...Object.keys(WITHOUT_TENANT), ...Object.keys(HISTORY)].filter((name) => !names.has(name));
  return [
    ...stale.map((name) => `${name}: an exception is made for a relation that does not exist`),
    ...found.flatMap((relation) => [...faultsOf(relation)]),
  ];
}

function* faultsOf(relation: Relation): Generator<Violation> {
  const { name } = relation;
  if (relation.owner !== 'hub_owner') yield `${name}: is owned by ${relation.owner}`;
  if (relation.kind === 'v') {
    if (relation.invoker !== true) yield `${name}: a view without security_invoker shows what its owner sees`;
    return;
  }
  if (relation.kind === 'm' || relation.kind === 'f') {
    yield `${name}: materialized views and foreign tables know no row-level security`;
    return;
  }
  if (name in WITHOUT_TENANT) return;
  if (relation.tenant_column !== true) yield `${name}: ${tenantColumn(name)} must be a uuid that is never null`;
  if (!relation.enabled) yield `${name}: row-level security is not enabled`;
  if (!relation.forced) yield `${name}: row-level security is not forced`;
}

const POLICIES = `
select c.relname as table, c.relispartition as partition, p.polname as name, p.polcmd as command, p.polpermissive as permissive,
       (select array_agg(case r when 0 then 'public' else pg_get_userbyid(r)::text end) from unnest(p.polroles) r) as roles,
       pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as with_check
from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'public'::regnamespace order by 1, 3`;

interface Policy extends QueryResultRow {
  table: string;
  partition: boolean;
  name: string;
  command: string;
  permissive: boolean;
  roles: string[];
  using: string | null;
  with_check: string | null;
}

/** Exactly one policy of the tenant's own on each table, in exactly these words, and no other but the named ones. */
async function policyViolations(client: Client): Promise<Violation[]> {
  const [tables, policies] = [await tenantTables(client), await rows<Policy>(client, POLICIES)];
  const say = await wording(client);
  const found: Violation[] = [];
  for (const table of tables) {
    const own = policies.filter((policy) => policy.table === table && policy.name === 'tenant_isolation');
    if (own.length === 0) found.push(`${table}: has no policy tenant_isolation`);
  }
  for (const policy of policies) found.push(...policyFaults(policy, tables, say));
  for (const key of Object.keys(FURTHER_POLICIES)) {
    if (!policies.some((policy) => `${policy.table}.${policy.name}` === key))
      found.push(`${key}: an exception is made for a policy that does not exist`);
  }
  return found;
}

function* policyFaults(policy: Policy, tables: readonly string[], say: Wording): Generator<Violation> {
  const key = `${policy.table}.${policy.name}`;
  const further = FURTHER_POLICIES[key];
  const isTenants = policy.name === 'tenant_isolation' && tables.includes(policy.table);
  if (!isTenants && further === undefined) {
    yield `${key}: nobody has argued for this policy`;
    return;
  }
  const [role, command] = isTenants ? ['hub_app', '*'] : [further?.role, further?.command];
  const words = isTenants
    ? say.tenant(tenantColumn(policy.table))
    : typeof further?.kind === 'object'
      ? say.expression(further.kind.using)
      : further?.kind === 'listed tenants'
        ? say.listed
        : 'true';
  if (policy.roles.join() !== role) yield `${key}: is for ${policy.roles.join()}, not for ${role}`;
  if (policy.command !== command) yield `${key}: is for command ${policy.command}, not for ${command}`;
  if (policy.permissive === (further?.restrictive === true))
    yield `${key}: is ${policy.permissive ? 'permissive' : 'restrictive'}`;
  if (command !== 'a' && policy.using !== words) yield `${key}: USING is ${policy.using}`;
  if ((command === '*' || command === 'a') && policy.with_check !== words)
    yield `${key}: WITH CHECK is ${policy.with_check}`;
}

const INDEXES = `
select c.relname as table, i.relname as name, x.indisunique as unique, c.relispartition as partition,
       (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = x.indkey[0]) as first
from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
where c.relnamespace = 'public'::regnamespace order by 1, 2`;

/** Every index and unique key leads with the tenant: else a key tells one tenant what another has, and a policy costs a scan. */
async function indexViolations(client: Client): Promise<Violation[]> {
  const indexes = await rows<{ table: string; name: string; unique: boolean; first: string | null }>(client, INDEXES);
  const found = Object.keys(NOT_LED_BY_TENANT)
    .filter((name) => !indexes.some((index) => index.name === name))
    .map((name) => `${name}: an exception is made for an index that does not exist`);
  for (const index of indexes) {
    if (index.table in WITHOUT_TENANT || index.name in NOT_LED_BY_TENANT || index.first === tenantColumn(index.table))
      continue;
    found.push(
      `${index.table}: ${index.unique ? 'unique key' : 'index'} ${index.name} leads with ${index.first ?? 'an expression'}`,
    );
  }
  return found;
}

export interface ForeignKey extends QueryResultRow {
  table: string;
  name: string;
  target: string;
  columns: string[];
  target_columns: string[];
}

const FOREIGN_KEYS = `
select c.relname as table, k.conname as name, f.relname as target,
       (select array_agg(a.attname::text order by o.place) from unnest(k.conkey) with ordinality o(num, place)
          join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.num) as columns,
       (select array_agg(a.attname::text order by o.place) from unnest(k.confkey) with ordinality o(num, place)
          join pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.num) as target_columns
from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and not c.relispartition order by 1, 2`;

export async function foreignKeys(client: Client): Promise<ForeignKey[]> {
  return rows<ForeignKey>(client, FOREIGN_KEYS);
}

/** Columns that name a row or a version of one: a uuid that is not the row's own id, or `…_version`. */
const REFERENCES = `
select c.relname as table, a.attname as column
from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  and (a.atttypid = 'uuid'::regtype and a.attname not in ('id', 'tenant_id') or a.attname like '%\\_version') order by 1, 2`;

/** Foreign keys ignore row-level security: each must carry the tenant, and each reference must be one. */
async function foreignKeyViolations(client: Client): Promise<Violation[]> {
  const [tables, keys] = [new Set(await tenantTables(client)), await foreignKeys(client)];
  const references = await rows<{ table: string; column: string }>(client, REFERENCES);
  const found: Violation[] = [];
  for (const key of keys) {
    if (!tables.has(key.table) || !tables.has(key.target)) continue;
    const place = key.target_columns.indexOf(tenantColumn(key.target));
    if (place < 0 || key.columns[place] !== tenantColumn(key.table))
      found.push(`${key.table}: foreign key ${key.name} does not carry the tenant`);
  }
  for (const table of tables) {
    if (table === 'tenants' || table in HISTORY) continue;
    const reachesTenant = keys.some((key) => key.table === table && key.columns.includes('tenant_id'));
    if (!reachesTenant) found.push(`${table}: tenant_id has no foreign key`);
  }
  for (const { table, column } of references) {
    const known = !tables.has(table) || table in HISTORY || `${table}.${column}` in WITHOUT_FOREIGN_KEY;
    if (!known && !keys.some((key) => key.table === table && key.columns.includes(column)))
      found.push(`${table}.${column}: points at a row without a foreign key`);
  }
  for (const name of Object.keys(WITHOUT_FOREIGN_KEY)) {
    if (!references.some((reference) => `${reference.table}.${reference.column}` === name))
      found.push(`${name}: an exception is made for a column that does not exist`);
  }
  return found;
}

const ACL = `
select c.relname as name, c.relispartition as partition, null::text as column, coalesce(nullif(a.grantee, 0)::regrole::text, 'public') as role,
       a.privilege_type as privilege, a.is_grantable as grantable
from pg_class c cross join lateral aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
union all
select c.relname, c.relispartition, t.attname, coalesce(nullif(a.grantee, 0)::regrole::text, 'public'), a.privilege_type, a.is_grantable
from pg_class c join pg_attribute t on t.attrelid = c.oid cross join lateral aclexplode(t.attacl) a
where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner order by 1, 4, 3, 5`;

const LETTERS: Readonly<Record<string, string>> = { r: 'SELECT', a: 'INSERT', w: 'UPDATE', d: 'DELETE', U: 'USAGE' };

/** Exactly the grants of the list: partitions have none, nobody may truncate, and the dispatcher reads named columns. */
async function grantViolations(client: Client): Promise<Violation[]> {
  const granted = await rows<{
    name: string;
    column: string | null;
    role: string;
    privilege: string;
    grantable: boolean;
  }>(client, ACL);
  const actual = granted.map(
    (grant) =>
      `${grant.role}: ${grant.privilege} on ${grant.name}${grant.column === null ? '' : `.${grant.column}`}${grant.grantable ? ' with grant option' : ''}`,
  );
  const wanted = Object.entries(GRANTS).flatMap(([role, onTables]) =>
    Object.entries(onTables).flatMap(([table, what]) =>
      typeof what === 'string'
        ? [...what].map((letter) => `${role}: ${LETTERS[letter]} on ${table}`)
        : what.map((column) => `${role}: SELECT on ${table}.${column}`),
    ),
  );
  return [
    ...actual.filter((grant) => !wanted.includes(grant)).map((grant) => `${grant} is granted and should not be`),
    ...wanted.filter((grant) => !actual.includes(grant)).map((grant) => `${grant} is missing`),
  ];
}

const FUNCTIONS = `
select p.proname as name, array_to_string(p.proconfig, ',') as settings,
       coalesce((select array_agg(coalesce(nullif(a.grantee, 0)::regrole::text, 'public')) from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         where a.grantee <> p.proowner), '{}') as callers
from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`;

async function functionViolations(client: Client): Promise<Violation[]> {
  const functions = await rows<{ name: string; settings: string | null; callers: string[] }>(client, FUNCTIONS);
  return functions.flatMap(({ name, settings, callers }) => {
    const known = DEFINER_FUNCTIONS[name];
    const found: Violation[] = [];
    if (known === undefined) found.push(`${name}(): nobody has argued for SECURITY DEFINER`);
    if (settings !== 'search_path=pg_catalog, public') found.push(`${name}(): the caller may bend its search_path`);
    const called = callers.sort().join();
    if (called !== known?.role) found.push(`${name}(): may be called by ${called}`);
    return found;
  });
}

const ROLES = `
select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolreplication as mighty,
       (select coalesce(array_agg(b.rolname::text), '{}') from pg_auth_members m join pg_roles b on b.oid = m.roleid where m.member = r.oid) as member_of
from pg_roles r where rolname like 'hub\\_%' order by 1`;

async function roleViolations(client: Client): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const role of await rows<{ name: string; mighty: boolean; member_of: string[] }>(client, ROLES)) {
    if (role.mighty) found.push(`${role.name}: may step around row-level security`);
    if (role.member_of.length > 0) found.push(`${role.name}: is a member of ${role.member_of.join()}`);
  }
  return found;
}
