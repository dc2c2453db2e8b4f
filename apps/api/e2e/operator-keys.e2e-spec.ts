import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { OPERATORS_CHAIN } from '@hub/audit';
import { fromPublicId } from '@hub/platform';
import { checkOperatorKey, parseKey } from '@hub/tenancy';
import { createTestDatabase, type TestDatabase } from '@hub/testing';

const PROGRAMS = path.resolve(__dirname, '../../../dist/apps/api/src');

describe('operator keys, by command', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  function run(program: string, ...args: string[]): { status: number | null; out: string; told: string } {
    const env = {
      ...process.env,
      HUB_DB_ADMIN_URL: database.superuserUrl,
      HUB_DB_NAME: database.name,
      HUB_DB_OWNER_PASSWORD: decodeURIComponent(new URL(database.urls.owner).password),
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(PROGRAMS, `${program}.js`), ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, out: stdout, told: stderr };
  }
  const records = async (): Promise<Record<string, unknown>[]> => {
    const { rows } = await database.asSuperuser((client) =>
      client.query<{ record: Record<string, unknown> }>(
        `select record from audit_records where tenant_id = $1 order by seq`,
        [OPERATORS_CHAIN],
      ),
    );
    return rows.map(({ record }) => record);
  };
  const newKey = (name: string): { key: string; prefix: string } => {
    const { status, out, told } = run('create-operator-key', name);
    if (status !== 0) throw new Error(told);
    const key = out.trim();
    return { key, prefix: parseKey(key)?.prefix ?? '' };
  };

  it('are made, listed and revoked, and both ends are recorded, without whose they are', async () => {
    const before = (await records()).length;
    const [kept, ended] = [newKey('Ada Lovelace'), newKey('a program')];
    const lasting = async (prefix: string, days: number): Promise<unknown> =>
      database.asSuperuser((client) =>
        client.query(`update operator_keys set expires_at = now() + make_interval(days => $2) where prefix = $1`, [
          prefix,
          days,
        ]),
      );
    const made = await checkOperatorKey(database.operator, ended.key);
    expect(made).toMatchObject({ name: 'a program' });
    expect(run('revoke-operator-key', ended.prefix).status).toBe(0);
    expect(await checkOperatorKey(database.operator, ended.key)).toBeNull();
    expect(await checkOperatorKey(database.operator, kept.key)).not.toBeNull();
    const told = (await records()).slice(before);
    expect(told).toMatchObject([
      { action: 'operator_key.created', actor: { id: 'create-operator-key' }, details: { prefix: kept.prefix } },
      { action: 'operator_key.created', details: { prefix: ended.prefix } },
      { action: 'operator_key.revoked', actor: { id: 'revoke-operator-key' }, details: { prefix: ended.prefix } },
    ]);
    const { target } = told[2] as { target: { id: string; name: unknown } };
    expect([fromPublicId('operatorKey', target.id), target.name]).toEqual([made?.keyId, null]);
    expect(JSON.stringify(told)).not.toContain('Ada');
    await lasting(kept.prefix, 1);
    const passed = newKey('of last week');
    await lasting(passed.prefix, -1);
    const listed = run('list-operator-keys').out.trim().split('\n');
    const states = listed.map((line) => line.split('\t')).map(([prefix, , state, name]) => [prefix, state, name]);
    expect(states).toEqual([
      [kept.prefix, 'in force', 'Ada Lovelace'],
      [ended.prefix, expect.stringMatching(/^revoked \d{4}-/), 'a program'],
      [passed.prefix, 'expired', 'of last week'],
    ]);
  });

  it('are not made without a name, and not revoked twice', async () => {
    expect(run('create-operator-key')).toMatchObject({ status: 1, out: '' });
    const { prefix } = newKey('once');
    expect(run('revoke-operator-key', prefix).status).toBe(0);
    const before = (await records()).length;
    expect(run('revoke-operator-key', prefix)).toMatchObject({ status: 1, out: '' });
    expect(run('revoke-operator-key', 'no-such-')).toMatchObject({ status: 1, out: '' });
    expect(await records()).toHaveLength(before);
  });

  it('are not made where that cannot be recorded', async () => {
    const forbid = (sql: string): Promise<unknown> => database.asSuperuser((client) => client.query(sql));
    await forbid(`alter table audit_records add constraint full_up check (action <> 'operator_key.created') not valid`);
    const answer = run('create-operator-key', 'unrecorded');
    await forbid(`alter table audit_records drop constraint full_up`);
    expect(answer).toMatchObject({ status: 1, out: '' });
    const { rows } = await database.asSuperuser((client) =>
      client.query(`select 1 from operator_keys where name = 'unrecorded'`),
    );
    expect(rows).toEqual([]);
  });
});
