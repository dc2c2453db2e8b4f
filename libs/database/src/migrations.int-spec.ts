import { createTestDatabase, type TestDatabase } from '@hub/testing';
import {
  assertRoleIsConfined,
  Database,
  migrate,
  MIGRATION_COUNT,
  provisionDatabase,
  revertNewestMigration,
  UnsafeDatabaseRoleError,
  type RolePasswords,
} from './index';

describe('migrations and roles', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('can each be taken back and run again, and leave nothing behind', async () => {
    for (let index = 0; index < MIGRATION_COUNT; index++) await revertNewestMigration(database.urls.owner);
    const left = await database.asSuperuser((client) =>
      client.query(
        `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migrations'`,
      ),
    );
    expect(left.rows).toEqual([]);
    expect(await migrate(database.urls.owner)).toHaveLength(MIGRATION_COUNT);
    expect(await migrate(database.urls.owner)).toEqual([]);
  });

  it('lets two migrators run at once', async () => {
    const runs = await Promise.all([migrate(database.urls.owner), migrate(database.urls.owner)]);
    expect(runs).toEqual([[], []]);
  });

  it('lets two provide for a new database at once', async () => {
    const adminUrl = new URL(database.superuserUrl);
    adminUrl.pathname = '/postgres';
    const passwords = Object.fromEntries(
      Object.entries(database.urls).map(([role, url]) => [role, decodeURIComponent(new URL(url).password)]),
    ) as RolePasswords;
    const options = { adminUrl: adminUrl.toString(), database: `${database.name}_new`, passwords };
    const [one, other] = await Promise.all([provisionDatabase(options), provisionDatabase(options)]);
    expect(one).toEqual(other);
    await database.asSuperuser((client) => client.query(`drop database ${options.database}`));
  });

  it.each(['app', 'accept', 'dispatcher', 'operator'] as const)('accepts the %s role at boot', async (role) => {
    await expect(assertRoleIsConfined(database[role])).resolves.toBeUndefined();
  });

  it.each(['owner', 'superuser'] as const)('refuses to boot as %s', async (role) => {
    const url = role === 'owner' ? database.urls.owner : database.superuserUrl;
    const unsafe = new Database({ url, poolSize: 1, applicationName: 'test' });
    await expect(assertRoleIsConfined(unsafe)).rejects.toThrow(UnsafeDatabaseRoleError);
    await unsafe.close();
  });

  it('makes day partitions ahead, once', async () => {
    const [first] = await database.dispatcher.query<{ made: number }>('select ensure_day_partitions(9) as made');
    const [second] = await database.dispatcher.query<{ made: number }>('select ensure_day_partitions(9) as made');
    // Two days ahead are there from the beginning; seven more of four tables are not.
    expect(first?.made).toBe(7 * 4);
    expect(second?.made).toBe(0);
  });

  it('makes UUIDv7 that sort with the clock', async () => {
    const [row] = await database.app.query<{ id: string; floor: string; ceiling: string }>(
      `select uuid_v7() as id, uuid_v7_floor(now() - interval '1 second') as floor, uuid_v7_floor(now() + interval '1 second') as ceiling`,
    );
    expect(row && row.id > row.floor && row.id < row.ceiling).toBe(true);
    expect(row?.id[14]).toBe('7');
  });
});
