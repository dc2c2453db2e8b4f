import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { Database, type Tx } from './database';
import { queryJoined } from './joined-rows';

describe('a statement that joins the rows it is given', () => {
  let test: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    test = await createTestDatabase();
    database = new Database({ url: test.urls.app, poolSize: 1, applicationName: 'test', fixedPlans: true });
  });
  afterAll(async () => {
    await database?.close();
    await test?.close();
  });

  const SQL = `explain (analyze, timing off, summary off)
    select t.id from unnest($1::int[]) as g(id) join pg_temp.some_rows t on t.id = g.id and t.id = any($1::int[])`;

  async function planFor(tx: Tx, rows: number): Promise<string> {
    const ids = Array.from({ length: rows }, (_unused, id) => id);
    const lines = await queryJoined<Record<string, string>>(tx, rows, SQL, [ids], 'join_some_rows');
    return lines.map((line) => Object.values(line).join()).join('\n');
  }

  it('compares no row with every other, however many there are, and changes nothing for those that follow', async () => {
    await database.transaction(async (tx) => {
      await tx.query('create temporary table some_rows (id int primary key) on commit drop');
      await tx.query('insert into some_rows select generate_series(0, 4999)');
      // Each twice: a plan that is kept must not be the other's.
      const [few, many, fewAgain, manyAgain] = [
        await planFor(tx, 3),
        await planFor(tx, 2_000),
        await planFor(tx, 3),
        await planFor(tx, 2_000),
      ];
      for (const plan of [many, manyAgain]) {
        expect(plan).toContain('Hash Join');
        expect(plan).not.toContain('Removed by Join Filter');
      }
      for (const plan of [few, fewAgain]) expect(plan).toContain('Nested Loop');
      const [after] = await tx.query(
        `select current_setting('enable_nestloop') as loops, current_setting('enable_hashjoin') as hashes`,
      );
      expect(after).toEqual({ loops: 'on', hashes: 'off' });
    });
  });
});
