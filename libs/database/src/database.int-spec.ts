import { createTestDatabase, type TestDatabase } from '@hub/testing';

describe('a pool', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it.each(['app', 'accept', 'dispatcher', 'operator'] as const)(
    'of %s lets no frozen process keep its locks for longer than 8 s',
    async (role) => {
      const [row] = await database[role].transaction((tx) => tx.query('show idle_in_transaction_session_timeout'));
      expect(row).toEqual({ idle_in_transaction_session_timeout: '8s' });
    },
  );
});
