import fs from 'node:fs';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@hub/testing';

const FOLDER = path.resolve(__dirname, '..', 'docs', 'runbooks');

interface Block {
  readonly name: string;
  readonly sql: string;
}

function sqlBlocks(): Block[] {
  return fs.readdirSync(FOLDER).flatMap((file) => {
    const text = fs.readFileSync(path.join(FOLDER, file), 'utf8');
    return [...text.matchAll(/^ *```sql\n([\s\S]*?)^ *```$/gm)].map(([, sql], index) => ({
      name: `${file}, block ${index + 1}`,
      sql: sql ?? '',
    }));
  });
}

/** At three in the morning nobody mends a query: those in the runbooks run on the schema as it is. */
describe('the SQL of the runbooks', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('is found', () => {
    expect(sqlBlocks().length).toBeGreaterThanOrEqual(6);
  });

  it.each(sqlBlocks())('runs: $name', async ({ sql }) => {
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const runnable = sql.replace(/_\d{8}\b/g, `_${today}`).replace(/'…'/g, `'00000000-0000-0000-0000-000000000000'`);
    await database.asSuperuser(async (client) => {
      await client.query('begin');
      await expect(client.query(runnable)).resolves.toBeDefined();
      await client.query('rollback');
    });
  });
});
