import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { type Day } from '../archive.types';
import { emptyArchive, makeDay, stageArchive, type ArchiveStage } from './archive-stage';

export interface StagedDays {
  readonly database: TestDatabase;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** Call it inside a `describe`: before each test these days are there, and a stage; after it, nothing of either is left. */
export function stageDays(days: readonly Day[], begin: (stage: ArchiveStage) => unknown): StagedDays {
  let database: TestDatabase;
  let stage: ArchiveStage;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    stage = await stageArchive(database);
    for (const day of days) await makeDay(database, day);
    await begin(stage);
  });
  afterEach(async () => {
    await stage.close();
    await emptyArchive(database);
  });
  afterAll(() => database?.close());
  return {
    get database() {
      return database;
    },
    sql: (text, values = []) =>
      database.asSuperuser(async (client) => (await client.query(text, values)).rows as never),
  };
}
