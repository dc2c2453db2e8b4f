import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { attacksOn, plantings, reached, type Stage } from './attacks';
import { allViolations, relations, tenantColumn } from './catalogue-checks';
import { FURTHER_POLICIES, GRANTS } from './exceptions';
import { insertion, SampleRows } from './sample-rows';
import { setStage, takenBack } from './stage';

/** Runs `work` as one role, on a connection that has seen nothing yet, in a transaction that is taken back. */
async function as<T>(url: string, setting: Setting, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await takenBack(client, async () => {
      for (const [name, value] of Object.entries(setting))
        await client.query(`select set_config($1, $2, true)`, [name, value]);
      return await work(client);
    });
  } finally {
    await client.end();
  }
}

/** Settings of the transaction by name; one that is left out was never made in the session. */
type Setting = Readonly<Record<string, string>>;

describe('isolation of tables', () => {
  let database: TestDatabase;
  let stage: Stage;
  beforeAll(async () => {
    database = await createTestDatabase();
    stage = await setStage(database);
    await database.asSuperuser(async (client) => {
      // What operators may see of their own chain, for the test that they see nothing else.
      await client.query(
        `insert into audit_subject_keys (tenant_id, subject, key) values ('00000000-0000-0000-0000-000000000000', 'opk', '')`,
      );
      // Grants are tested apart. Here the app role may do everything, so that the policies have to hold alone.
      await client.query(`grant usage on all sequences in schema public to hub_app, hub_accept`);
      for (const table of stage.rows.tables)
        await client.query(`grant select, insert, update, delete on ${table} to hub_app, hub_accept`);
    });
  });
  afterAll(() => database?.close());

  /** What every attack on every table reached, by table; empty when all is well. */
  const reachedAs = async (url: string, setting: Setting): Promise<Record<string, string[]>> =>
    as(url, setting, async (client) => {
      const found: Record<string, string[]> = {};
      for (const table of stage.rows.tables) {
        const rows = await reached(client, attacksOn(stage, table));
        if (rows.length > 0) found[table] = rows;
      }
      return found;
    });

  describe('the catalogue', () => {
    let fresh: TestDatabase;
    beforeAll(async () => {
      fresh = await createTestDatabase();
    });
    afterAll(() => fresh?.close());

    it('follows every rule: tenant columns, row-level security, policies, keys, indexes, grants, functions, roles', async () => {
      expect(await fresh.asSuperuser(allViolations)).toEqual([]);
    });

    it('follows them with the partitions of days to come', async () => {
      await fresh.dispatcher.query('select ensure_day_partitions(20)');
      expect(await fresh.asSuperuser(allViolations)).toEqual([]);
    });
  });

  describe('hub_app', () => {
    it('reaches its own rows: the attacks below fail for the right reason', async () => {
      const own = await as(database.urls.app, { 'app.tenant_id': stage.attacker }, async (client) => {
        const reach: Record<string, number | null> = {};
        for (const table of stage.rows.tables) {
          reach[table] = (
            await client.query(`update ${table} set ${tenantColumn(table)} = ${tenantColumn(table)}`)
          ).rowCount;
          const row =
            table === 'tenants'
              ? stage.attackerRows.get(table)
              : stage.rows.make(table, stage.attacker, stage.attackerRows);
          await client.query(...insertion(table, row ?? {}, 'on conflict do nothing'));
        }
        return reach;
      });
      expect(own).toEqual(Object.fromEntries(stage.rows.tables.map((table) => [table, 1])));
    });

    it.each<[string, (stage: Stage) => Setting]>([
      ['no setting', () => ({})],
      ['an empty setting', () => ({ 'app.tenant_id': '' })],
      ['a setting that is no uuid', () => ({ 'app.tenant_id': `' or true --` })],
      ['a list instead of one tenant', ({ victim, attacker }) => ({ 'app.tenant_id': `${victim},${attacker}` })],
      ['another tenant', ({ attacker }) => ({ 'app.tenant_id': attacker })],
      [
        "another tenant, and the accept batch's list",
        ({ victim, attacker }) => ({ 'app.tenant_id': attacker, 'app.tenant_ids': victim }),
      ],
    ])('reaches and plants nothing with %s', async (_name, setting) => {
      expect(await reachedAs(database.urls.app, setting(stage))).toEqual({});
    });

    it("cannot point a row of its own at another tenant's row", async () => {
      const tried: string[] = [];
      const planted = await as(database.urls.app, { 'app.tenant_id': stage.attacker }, async (client) => {
        const found: string[] = [];
        for (const table of stage.rows.tables) {
          const attacks = plantings(stage, table);
          tried.push(...attacks.map((attack) => `${table}: ${attack.name}`));
          found.push(...(await reached(client, attacks)).map((row) => `${table}: ${row}`));
        }
        return found;
      });
      expect(planted).toEqual([]);
      const keys = stage.rows.tables.flatMap((table) =>
        stage.rows.parentsOf(table).map(({ target }) => `${table}: row that points at another tenant's ${target}`),
      );
      expect(tried).toEqual(keys);
      expect(tried).toContain(`routes: row that points at another tenant's connections`);
    });
  });

  describe('hub_accept', () => {
    it.each<[string, (stage: Stage) => Setting]>([
      ['no list', () => ({})],
      ['an empty list', () => ({ 'app.tenant_ids': '' })],
      ['a list that is none', () => ({ 'app.tenant_ids': `{' or true --}` })],
      ['a list without the tenant', ({ attacker }) => ({ 'app.tenant_ids': attacker })],
      [
        "a list without the tenant, and the app's setting",
        ({ victim, attacker }) => ({ 'app.tenant_ids': attacker, 'app.tenant_id': victim }),
      ],
    ])('reaches and plants nothing with %s', async (_name, setting) => {
      expect(await reachedAs(database.urls.accept, setting(stage))).toEqual({});
    });

    it('sees the listed tenants, in the four tables of its policies alone', async () => {
      const seen = await as(
        database.urls.accept,
        { 'app.tenant_ids': `${stage.victim},${stage.attacker}` },
        async (client) => {
          const counts: Record<string, number | null> = {};
          for (const table of stage.rows.tables)
            counts[table] = (await client.query(`select 1 from ${table}`)).rowCount;
          return counts;
        },
      );
      const open = (table: string): boolean => `${table}.accept_batch` in FURTHER_POLICIES;
      expect(seen).toEqual(Object.fromEntries(stage.rows.tables.map((table) => [table, open(table) ? 2 : 0])));
    });
  });

  it.each(['hub_dispatcher', 'hub_operator', 'hub_queue'] as const)(
    '%s reads the columns it is granted and no other',
    async (role) => {
      const url = {
        hub_dispatcher: database.urls.dispatcher,
        hub_operator: database.urls.operator,
        hub_queue: database.urls.queue,
      }[role];
      const expected: string[] = [];
      const readable = await as(
        url,
        { 'app.tenant_id': stage.victim, 'app.tenant_ids': stage.victim },
        async (client) => {
          const found: string[] = [];
          for (const table of stage.rows.tables) {
            const granted = GRANTS[role]?.[table] ?? [];
            for (const column of stage.rows.columnsOf(table)) {
              if (typeof granted === 'string' ? granted.includes('r') : granted.includes(column))
                expected.push(`${table}.${column}`);
              const attack = {
                name: `${table}.${column}`,
                sql: `select ${column} from ${table}`,
                values: [],
                refusals: ['42501'],
              };
              if ((await reached(client, [attack])).length > 0) found.push(attack.name);
            }
          }
          return found;
        },
      );
      expect(readable).toEqual(expected);
      for (const secret of [
        'events.payload',
        'deliveries.mapped_payload',
        'connections.config',
        'connections.credentials_sealed',
        'api_keys.secret_hash',
        'attempts.request',
      ]) {
        expect(readable).not.toContain(secret);
      }
    },
  );

  it.each(['app', 'accept', 'dispatcher', 'operator', 'queue'] as const)(
    'the %s role cannot list API keys across tenants',
    async (role) => {
      const attack = { name: 'list', sql: 'select prefix from api_keys', values: [], refusals: ['42501'] };
      expect(await as(database.urls[role], {}, (client) => reached(client, [attack]))).toEqual([]);
    },
  );

  it('binds the owner too, but for the tables of look-ups before the tenant is known', async () => {
    const seen = await as(database.urls.owner, { 'app.tenant_id': stage.victim }, async (client) => {
      const found: string[] = [];
      for (const table of stage.rows.tables)
        if (((await client.query(`select 1 from ${table}`)).rowCount ?? 0) > 0) found.push(table);
      return found.sort();
    });
    expect(seen).toEqual([
      'api_keys',
      'audit_checkpoints',
      'audit_exports',
      'audit_heads',
      'audit_records',
      'connection_hooks',
      'connections',
      'memberships',
      'oauth_authorizations',
      'tenants',
    ]);
  });

  describe('a tenant that is erased', () => {
    /** What outlives it: that it was there, what holds for it, its chain, and by what its archive is found. */
    const KEPT = [
      ...['archive_objects', 'audit_checkpoints', 'audit_exports', 'audit_heads', 'audit_records', 'audit_settings'],
      ...['retention_bounds', 'retention_settings', 'tenants'],
    ];
    let own: TestDatabase;
    let rows: SampleRows;
    beforeAll(async () => {
      own = await createTestDatabase();
      rows = await own.asSuperuser((client) => SampleRows.read(client));
    });
    afterAll(() => own?.close());

    const newTenant = async (): Promise<string> => {
      const { id } = await own.createTenant();
      await own.asSuperuser((client) =>
        rows.plant(
          client,
          id,
          rows.tables.filter((table) => table !== 'tenants'),
        ),
      );
      return id;
    };
    const filled = (tenant: string): Promise<string[]> =>
      own.asSuperuser(async (client) => {
        const found: string[] = [];
        for (const table of rows.tables) {
          const { rowCount } = await client.query(`select 1 from ${table} where ${tenantColumn(table)} = $1`, [tenant]);
          if (rowCount !== 0) found.push(table);
        }
        return found.sort();
      });
    const erase = async (tenant: string): Promise<string | undefined> =>
      (await own.operator.query<{ answer: string }>(`select erase_tenant($1) as answer`, [tenant]))[0]?.answer;
    const purge = async (): Promise<void> => {
      for (let deleted = 1; deleted > 0;)
        [{ deleted } = { deleted: 0 }] = await own.dispatcher.query<{ deleted: number }>(
          `select purge_erased_tenants(1) as deleted`,
        );
    };
    const set = (sql: string, ...values: unknown[]): Promise<unknown> =>
      own.asSuperuser((client) => client.query(sql, values));

    it('leaves nothing behind but its chain and its archive, and touches nobody else', async () => {
      const [leaving, other] = [await newTenant(), await newTenant()];
      const before = await filled(leaving);
      expect(before).toEqual([...rows.tables].sort());
      expect(await erase(leaving)).toBe('not_suspended');
      await purge();
      expect(await filled(leaving)).toEqual(before);

      await set(`update tenants set status = 'suspended' where id = $1`, leaving);
      expect(await erase(leaving)).toBe('erased');
      // At once, before the rest is deleted: there is no key, and nothing that points at one or lets anybody in.
      const atOnce = ['audit_subject_keys', 'oauth_authorizations', 'sso_settings', 'tenant_data_keys'];
      expect(await filled(leaving)).toEqual(before.filter((table) => !atOnce.includes(table)));
      const inForce = (tenant: string): Promise<unknown> =>
        own.asSuperuser(
          async (client) =>
            (await client.query(`select 1 from api_keys where tenant_id = $1 and revoked_at is null`, [tenant]))
              .rowCount,
        );
      expect([await inForce(leaving), await inForce(other)]).toEqual([0, 1]);
      expect(await erase(leaving)).toBe('already_erased');
      await purge();
      expect(await filled(leaving)).toEqual(KEPT);
      expect(await filled(other)).toEqual(before);
      // Of two people, each a member of one of them, one is left.
      expect((await own.asSuperuser((client) => client.query(`select 1 from users`))).rowCount).toBe(1);
      await expect(set(`update tenants set status = 'active' where id = $1`, leaving)).rejects.toMatchObject({
        constraint: 'tenants_erased',
      });
    });

    it.each(['retention_settings', 'retention_bounds'])('is none while it is on hold by %s', async (table) => {
      const tenant = await newTenant();
      const before = await filled(tenant);
      await set(`update tenants set status = 'suspended' where id = $1`, tenant);
      await set(
        `update ${table} set legal_hold = true, legal_hold_reason = 'a case', legal_hold_since = now() where tenant_id = $1`,
        tenant,
      );
      expect(await erase(tenant)).toBe('legal_hold');
      await purge();
      expect(await filled(tenant)).toEqual(before);
    });

    it('is not the deed of the tenant, nor of a worker', async () => {
      const tenant = await newTenant();
      for (const role of [own.app, own.accept, own.dispatcher])
        await expect(role.query(`select erase_tenant($1)`, [tenant])).rejects.toMatchObject({ code: '42501' });
      for (const role of [own.app, own.accept, own.operator])
        await expect(role.query(`select purge_erased_tenants(1)`)).rejects.toMatchObject({ code: '42501' });
    });
  });

  it('shows nothing through a partition, even to a role that was granted it', async () => {
    const partitions = (await database.asSuperuser(relations))
      .filter((relation) => relation.partition)
      .map((relation) => relation.name);
    expect(partitions.length).toBeGreaterThan(4);
    const read = (name: string): Promise<number | null> =>
      as(
        database.urls.app,
        { 'app.tenant_id': stage.victim },
        async (client) => (await client.query(`select 1 from ${name}`)).rowCount,
      );
    let filled = 0;
    for (const name of partitions) {
      await expect(read(name)).rejects.toMatchObject({ code: '42501' });
      await database.asSuperuser(async (client) => {
        filled += (await client.query(`select 1 from ${name}`)).rowCount ?? 0;
        await client.query(`grant select on ${name} to hub_app`);
      });
      expect({ name, rows: await read(name) }).toEqual({ name, rows: 0 });
    }
    expect(filled).toBeGreaterThanOrEqual(8);
  });
});
