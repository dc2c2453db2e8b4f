import { type Database } from '@hub/database';
import { issueKey } from '../api-keys/api-key-format';
import { OperatorAuthenticator } from './operator-keys';

describe('the authenticator of operators', () => {
  const issued = issueKey('op');
  let queries: number;
  let usable: boolean;
  let authenticator: OperatorAuthenticator;

  beforeEach(() => {
    [queries, usable] = [0, true];
    const query = (_sql: string, [prefix]: [string]): Promise<unknown[]> => {
      queries++;
      return Promise.resolve(
        prefix === issued.prefix ? [{ id: 'o', name: 'Ada', secret_hash: issued.hash, usable }] : [],
      );
    };
    authenticator = new OperatorAuthenticator({ query } as unknown as Database);
  });

  it('asks every time, so that an operator is cut off at once', async () => {
    expect(await authenticator.check(issued.key)).toEqual({ keyId: 'o', name: 'Ada' });
    usable = false;
    expect(await authenticator.check(issued.key)).toBeNull();
    expect(queries).toBe(2);
  });

  it('asks only about keys that were right before when it must not ask about others', async () => {
    expect(await authenticator.check(issued.key, true)).toBe('not_looked_up');
    expect(queries).toBe(0);
    await authenticator.check(issued.key);
    expect(await authenticator.check(issued.key, true)).toEqual({ keyId: 'o', name: 'Ada' });
    usable = false;
    expect(await authenticator.check(issued.key, true)).toBeNull();
    expect(await authenticator.check(issued.key, true)).toBe('not_looked_up');
  });

  it('asks nothing about what is no operator key', async () => {
    for (const environment of ['live', 'test'] as const)
      expect(await authenticator.check(issueKey(environment).key)).toBe('wrong_kind_of_key');
    expect(await authenticator.check('nonsense')).toBeNull();
    expect(queries).toBe(0);
  });
});
