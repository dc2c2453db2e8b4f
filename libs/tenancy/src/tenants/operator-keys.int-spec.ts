import { newUuid } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { issueKey } from '../api-keys/api-key-format';
import { checkOperatorKey } from './operator-keys';

describe('the key of an operator', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it.each<[string, string, boolean]>([
    ['for good', `null, null`, true],
    ['until tomorrow', `null, now() + interval '1 day'`, true],
    ['until yesterday', `null, now() - interval '1 day'`, false],
    ['until it was revoked', `now(), null`, false],
  ])('%s lets in as long as it says', async (_what, revokedAndExpires, letsIn) => {
    const { key, prefix, hash } = issueKey('op');
    const id = newUuid();
    await database.asSuperuser((client) =>
      client.query(
        `insert into operator_keys (id, prefix, name, secret_hash, revoked_at, expires_at)
         values ($1, $2, 'Ada', $3, ${revokedAndExpires})`,
        [id, prefix, hash],
      ),
    );
    expect(await checkOperatorKey(database.operator, key)).toEqual(letsIn ? { keyId: id, name: 'Ada' } : null);
  });
});
