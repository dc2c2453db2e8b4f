import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { Database, type NamedStatement } from './database';
import { classifyDatabaseError } from './sql-errors';

describe('a pool', () => {
  let database: TestDatabase;
  /** With a single connection. */
  let one: Database;
  beforeAll(async () => {
    database = await createTestDatabase();
    one = new Database({ url: database.urls.operator, poolSize: 1, applicationName: 'hub-test' });
  });
  afterAll(async () => {
    await one?.close();
    await database?.close();
  });

  it.each(['app', 'accept', 'dispatcher', 'operator'] as const)(
    'of %s lets no frozen process keep its locks for longer than 8 s',
    async (role) => {
      const [row] = await database[role].transaction((tx) => tx.query('show idle_in_transaction_session_timeout'));
      expect(row).toEqual({ idle_in_transaction_session_timeout: '8s' });
    },
  );

  it.each([
    ['its password has just been changed', (url: URL) => (url.password = 'of-yesterday')],
    ['the database is not there yet', (url: URL) => (url.pathname = '/being_restored')],
  ])('is told that the database is away while %s', async (_, change) => {
    const url = new URL(database.urls.app);
    change(url);
    const refused = new Database({ url: url.toString(), poolSize: 1, applicationName: 'hub-test' });
    const error: unknown = await refused.query('select 1').catch((failure: unknown) => failure);
    expect(classifyDatabaseError(error)).toBe('unavailable');
    await refused.close();
  });

  describe('exchange', () => {
    const named = (name: string, sql: string, values: unknown[] = []): NamedStatement => ({ name, sql, values });

    it('is a transaction of its preamble and one statement, committed when it resolves', async () => {
      const preamble = `create temporary table seen (n int);set local app.tenant_ids = 'x'`;
      const rows = await one.exchange(
        preamble,
        named('of_preamble', `select current_setting('app.tenant_ids') as ids`),
      );
      expect(rows).toEqual([{ ids: 'x' }]);
      // By the same connection: the table is there, the setting is gone.
      expect(await one.exchange('', named('of_seen', 'insert into seen values ($1) returning n', [1]))).toEqual([
        { n: 1 },
      ]);
      const after = `select n, current_setting('app.tenant_ids', true) as ids from seen`;
      expect(await one.exchange('', named('of_after', after))).toEqual([{ n: 1, ids: '' }]);
    });

    it('leaves nothing of a statement that fails, and the connection as it was', async () => {
      await one.query('create temporary table kept (n int)');
      const dividing = named('dividing', 'select 1 / $1::int as n', [0]);
      await expect(one.exchange('insert into kept values (1)', dividing)).rejects.toMatchObject({ code: '22012' });
      await expect(one.exchange('select 1 / 0', dividing)).rejects.toMatchObject({ code: '22012' });
      expect(await one.exchange('', { ...dividing, values: [1] })).toEqual([{ n: 1 }]);
      expect(await one.query('select n from kept')).toEqual([]);
    });

    it('rejects with what the commit says', async () => {
      await one.query('create temporary table twice (n int unique deferrable initially deferred)');
      const twice = named('twice', 'insert into twice values (1), (1)');
      await expect(one.exchange('', twice)).rejects.toMatchObject({ code: '23505' });
      expect(await one.query('select n from twice')).toEqual([]);
    });

    it('says that the database is gone when the connection is lost on the way', async () => {
      const killing = named('killing', 'select pg_terminate_backend(pg_backend_pid())');
      await expect(one.exchange('', killing)).rejects.toThrow();
      expect(await one.query('select 1 as n')).toEqual([{ n: 1 }]);
    });
  });
});
