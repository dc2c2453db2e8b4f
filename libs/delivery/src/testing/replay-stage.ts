import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { createReplayHarness, outcomesOf, turnsOf, type ReplayHarness, type Turns } from './replay-harness';

/** Counters of an event with one delivery, and of one with none. */
export const OPEN = { status: 'open', open: 1, succeeded: 0, failed: 0 };
export const SUCCEEDED = { status: 'succeeded', open: 0, succeeded: 1, failed: 0 };
export const FAILED = { status: 'failed', open: 0, succeeded: 0, failed: 1 };
export const UNROUTED = { status: 'unrouted', open: 0, succeeded: 0, failed: 0 };

export interface ReplayStage extends Turns {
  readonly database: TestDatabase;
  /** What became of each item of a replay, oldest first. */
  outcomes(id: string): Promise<string[]>;
}

/** Call it inside a `describe`: a database for its tests, and a harness for each of them. */
export function stageReplays(begin: (harness: ReplayHarness) => unknown): ReplayStage {
  let database: TestDatabase;
  let harness: ReplayHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    harness = await createReplayHarness(database);
    await begin(harness);
  });
  afterAll(() => database?.close());
  return {
    ...turnsOf(() => harness),
    get database() {
      return database;
    },
    outcomes: (id) => outcomesOf(harness, id),
  };
}
