import { type Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { attacksOn, plantings, reached, type Stage } from './attacks';
import { allViolations } from './catalogue-checks';
import { setStage, takenBack } from './stage';

interface Mutant {
  readonly name: string;
  readonly sql: string;
  /** What the catalogue checks must say, among other things. */
  readonly violation: RegExp;
  /** What the attacks must reach as well, where data can show it. */
  readonly reached?: RegExp;
}

const TENANT = `(select nullif(current_setting('app.tenant_id', true), '')::uuid)`;
const MUTANTS: readonly Mutant[] = [
  {
    name: 'a policy is dropped',
    sql: `drop policy tenant_isolation on connections`,
    violation: /^connections: has no policy/,
    // Without a policy the app role can do nothing at all: safe, but not what anybody wants.
    reached: /^connections row that points at another tenant's tenant_data_keys: error 42501/,
  },
  {
    name: 'row-level security is disabled',
    sql: `alter table events disable row level security`,
    violation: /^events: row-level security is not enabled/,
    reached: /^events SELECT: 1 rows/,
  },
  {
    name: 'FORCE is dropped',
    sql: `alter table mappings no force row level security`,
    violation: /^mappings: .* not forced/,
  },
  {
    name: 'WITH CHECK lets everything in',
    sql: `alter policy tenant_isolation on mappings with check (true)`,
    violation: /^mappings\.tenant_isolation: WITH CHECK is true/,
    reached: /^mappings INSERT: 1 rows/,
  },
  {
    name: 'WITH CHECK is left out',
    sql: `drop policy tenant_isolation on mappings; create policy tenant_isolation on mappings for all to hub_app using (tenant_id = ${TENANT})`,
    violation: /^mappings\.tenant_isolation: WITH CHECK is null/,
  },
  {
    name: 'USING shows everything',
    sql: `alter policy tenant_isolation on api_keys using (true)`,
    violation: /^api_keys\.tenant_isolation: USING is true/,
    reached: /^api_keys SELECT: 1 rows/,
  },
  {
    name: 'a second policy opens the table',
    sql: `create policy support on deliveries for select to hub_app using (true)`,
    violation: /^deliveries\.support: nobody has argued/,
    reached: /^deliveries SELECT: 1 rows/,
  },
  {
    name: 'a policy is for everybody',
    sql: `alter policy tenant_isolation on routes to public`,
    violation: /^routes\.tenant_isolation: is for public/,
  },
  {
    name: 'a composite foreign key is removed',
    sql: `alter table routes drop constraint routes_tenant_id_connection_id_fkey`,
    violation: /^routes\.connection_id: points at a row without a foreign key/,
    reached: /^routes row that points at another tenant's connections: 1 rows/,
  },
  {
    name: 'a foreign key forgets the tenant',
    sql: `alter table connections add constraint connections_id unique (id);
          alter table routes drop constraint routes_tenant_id_connection_id_fkey;
          alter table routes add constraint loose foreign key (connection_id) references connections (id)`,
    violation: /^routes: foreign key loose does not carry the tenant/,
    reached: /^routes row that points at another tenant's connections: 1 rows/,
  },
  {
    name: 'a unique key spans tenants',
    sql: `create unique index everywhere on mappings (name)`,
    violation: /^mappings: unique key everywhere leads with name/,
  },
  {
    name: 'an index does not lead with the tenant',
    sql: `create index late on attempts (delivery_id)`,
    violation: /^attempts: index late/,
  },
  {
    name: 'a table is added without a thought',
    sql: `create table notes (id uuid primary key, body text); alter table notes owner to hub_owner`,
    violation: /^notes: tenant_id must be a uuid/,
  },
  {
    name: 'a tenant column may be null',
    sql: `create table notes (tenant_id uuid references tenants (id), body text); alter table notes owner to hub_owner`,
    violation: /^notes: tenant_id must be a uuid that is never null/,
  },
  {
    name: 'a view shows what its owner sees',
    sql: `create view peek as select * from connections; alter view peek owner to hub_owner`,
    violation: /^peek: a view without security_invoker/,
  },
  {
    name: 'a partition is open',
    sql: `alter table events_default disable row level security; grant select on events_default to hub_app`,
    violation: /^events_default: row-level security is not enabled/,
  },
  {
    name: 'a partition is granted',
    sql: `grant select on deliveries_default to hub_app`,
    violation: /^hub_app: SELECT on deliveries_default is granted and should not be/,
  },
  {
    name: 'the dispatcher may read payloads',
    sql: `grant select (mapped_payload) on deliveries to hub_dispatcher`,
    violation: /^hub_dispatcher: SELECT on deliveries\.mapped_payload is granted and should not be/,
  },
  {
    name: 'the app may truncate',
    sql: `grant truncate on events to hub_app`,
    reached: /^events TRUNCATE: done/,
    violation: /^hub_app: TRUNCATE on events is granted/,
  },
  {
    name: 'everybody may read',
    sql: `grant select on api_keys to public`,
    violation: /^public: SELECT on api_keys is granted/,
  },
  {
    name: 'a definer function has no search path of its own',
    sql: `alter function find_api_key(text) reset search_path`,
    violation: /^find_api_key\(\): the caller may bend/,
  },
  {
    name: 'everybody may call a definer function',
    sql: `grant execute on function find_api_key(text) to public`,
    violation: /^find_api_key\(\): may be called by hub_app,public/,
  },
  {
    name: 'a definer function is added',
    sql: `create function peek() returns bigint language sql security definer set search_path = pg_catalog, public as 'select count(*) from connections'`,
    violation: /^peek\(\): nobody has argued/,
  },
  {
    name: 'the purge may delete keys that are still of use',
    sql: `alter policy owner_purges on event_keys using (true)`,
    violation: /^event_keys\.owner_purges: USING is true/,
  },
  {
    name: 'the purge keeps keys for a shorter time than was argued for',
    sql: `alter policy owner_finds_expired on idempotent_requests using (created_at < now() - interval '1 hour')`,
    violation: /^idempotent_requests\.owner_finds_expired: USING is /,
  },
  {
    name: 'the purge may look at every event',
    sql: `alter policy owner_finds_old on events using (true)`,
    violation: /^events\.owner_finds_old: USING is true/,
  },
  {
    name: 'the app may call the purge',
    sql: `grant execute on function purge_expired_keys() to hub_app`,
    violation: /^purge_expired_keys\(\): may be called by hub_app,hub_dispatcher/,
  },
  {
    name: 'the dispatcher may read what was pulled',
    sql: `grant select (cursor) on syncs to hub_dispatcher`,
    violation: /^hub_dispatcher: SELECT on syncs\.cursor is granted and should not be/,
  },
  {
    name: 'a key to an optional parent is removed',
    sql: `alter table record_link_ends drop constraint record_link_ends_tenant_id_connection_id_fkey`,
    violation: /^record_link_ends\.connection_id: points at a row without a foreign key/,
    reached: /^record_link_ends row that points at another tenant's connections: 1 rows/,
  },
  {
    name: 'what the hub keeps for itself is shown',
    sql: `alter policy hides_internal on deliveries using (true)`,
    violation: /^deliveries\.hides_internal: USING is true/,
  },
  {
    name: 'the policy that hides adds rows instead',
    sql: `drop policy hides_internal on routes; create policy hides_internal on routes for all to hub_app using (not internal or (select current_setting('app.internal', true)) = 'on')`,
    violation: /^routes\.hides_internal: is permissive/,
    reached: /^routes SELECT: 1 rows/,
  },
  {
    name: 'a role is made a member of the owner',
    sql: `grant hub_owner to hub_app`,
    reached: /^api_keys SELECT: 1 rows/,
    violation: /^hub_app: is a member of hub_owner/,
  },
];

describe('the isolation checks themselves', () => {
  let database: TestDatabase;
  let stage: Stage;
  beforeAll(async () => {
    database = await createTestDatabase();
    stage = await setStage(database);
  });
  afterAll(() => database?.close());

  const inspect = (mutation: string): Promise<{ violations: string[]; rows: string[] }> =>
    database.asSuperuser((client) =>
      takenBack(client, async () => {
        await client.query(mutation);
        return { violations: await allViolations(client), rows: await attack(client, stage.rows.tables) };
      }),
    );

  /** All attacks and plantings as the app role inside the attacker's own tenant, with every DML granted. */
  async function attack(client: Client, tables: readonly string[]): Promise<string[]> {
    await client.query(`grant usage on all sequences in schema public to hub_app`);
    for (const table of tables) await client.query(`grant select, insert, update, delete on ${table} to hub_app`);
    await client.query(`set local role hub_app`);
    await client.query(`select set_config('app.tenant_id', $1, true)`, [stage.attacker]);
    const found: string[] = [];
    for (const table of tables) {
      const rows = await reached(client, [...attacksOn(stage, table), ...plantings(stage, table)]);
      found.push(...rows.map((row) => `${table} ${row}`));
    }
    return found;
  }

  it('find nothing in the schema as it is', async () => {
    expect(await inspect('select 1')).toEqual({ violations: [], rows: [] });
  });

  it.each(MUTANTS)('report when $name', async (mutant) => {
    const { violations, rows } = await inspect(mutant.sql);
    expect(violations).toContainEqual(expect.stringMatching(mutant.violation));
    expect(rows).toEqual(
      mutant.reached === undefined ? [] : expect.arrayContaining([expect.stringMatching(mutant.reached)]),
    );
  });

  /** The same slip in each table that there is, those of tomorrow included. */
  const inEachTable = async (
    slip: (table: string) => string,
    judge: (table: string, found: { violations: string[]; rows: string[] }) => boolean,
  ): Promise<string[]> => {
    const missed: string[] = [];
    await database.asSuperuser(async (client) => {
      for (const table of stage.rows.tables) {
        const found = await takenBack(client, async () => {
          await client.query(slip(table));
          return { violations: await allViolations(client), rows: await attack(client, [table]) };
        });
        if (!judge(table, found)) missed.push(table);
      }
    });
    return missed;
  };

  it('report in each table when its policy is dropped', async () => {
    const missed = await inEachTable(
      (table) => `drop policy tenant_isolation on ${table}`,
      (table, { violations }) => violations.includes(`${table}: has no policy tenant_isolation`),
    );
    expect(missed).toEqual([]);
  });

  it('report in each table when its policy lets everything through', async () => {
    const missed = await inEachTable(
      (table) => `alter policy tenant_isolation on ${table} using (true) with check (true)`,
      (table, { violations, rows }) =>
        violations.includes(`${table}.tenant_isolation: USING is true`) && rows.includes(`${table} SELECT: 1 rows`),
    );
    expect(missed).toEqual([]);
  });

  it('report in each table when row-level security is disabled', async () => {
    const missed = await inEachTable(
      (table) => `alter table ${table} disable row level security`,
      (table, { violations, rows }) =>
        violations.includes(`${table}: row-level security is not enabled`) && rows.includes(`${table} SELECT: 1 rows`),
    );
    expect(missed).toEqual([]);
  });
});
