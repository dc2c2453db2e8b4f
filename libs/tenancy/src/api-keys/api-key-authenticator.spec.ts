import { type Database } from '@hub/database';
import { ApiKeyAuthenticator } from './api-key-authenticator';
import { issueKey } from './api-key-format';

describe('the authenticator', () => {
  const issued = issueKey('test');
  /** Another secret under a prefix that is taken: both find the same row. */
  const other = issueKey('test');
  let queries: number;
  let clockMs: number;
  let authenticator: ApiKeyAuthenticator;

  beforeEach(() => {
    queries = 0;
    clockMs = 1_000_000;
    jest.spyOn(performance, 'now').mockImplementation(() => clockMs);
    const row = {
      key_id: 'k',
      tenant_id: 't',
      secret_hash: issued.hash,
      scopes: ['events:read'],
      expires_at: null,
      revoked_at: null,
      tenant_status: 'active',
      tier: 'free',
      rate_limit_per_minute: 100,
    };
    const query = (_sql: string, [prefixes]: [Buffer]): Promise<unknown[]> => {
      queries++;
      const known = [issued.prefix, other.prefix].filter((prefix) => prefixes.includes(prefix));
      return Promise.resolve(known.map((prefix) => ({ ...row, prefix })));
    };
    authenticator = new ApiKeyAuthenticator({ query } as unknown as Database, 3_000);
  });
  afterEach(() => jest.restoreAllMocks());

  /** Lets what is kept expire: the cache reads its clock at most once a millisecond of real time. */
  const later = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    clockMs += ms;
  };

  it('asks once for a key that is used often, and again when the answer is old', async () => {
    for (let n = 0; n < 10; n++) expect(await authenticator.check(issued.key)).toMatchObject({ ok: true });
    expect(queries).toBe(1);
    await later(3_001);
    expect(await authenticator.check(issued.key)).toMatchObject({ ok: true });
    expect(queries).toBe(2);
  });

  it('asks once for all that come in together, and mixes none up', async () => {
    const stranger = issueKey('live');
    const checks = [issued.key, stranger.key, other.key, issued.key].map((key) => authenticator.check(key));
    expect((await Promise.all(checks)).map(({ ok }) => ok)).toEqual([true, false, false, true]);
    expect(queries).toBe(1);
  });

  it('does not ask about unknown keys when it must not', async () => {
    expect(await authenticator.check(issued.key, true)).toEqual({ ok: false, refusal: 'not_looked_up' });
    expect(await authenticator.check(issueKey('live').key, true)).toEqual({ ok: false, refusal: 'not_looked_up' });
    expect(queries).toBe(0);
  });

  it('tells an operator’s key by its shape, and asks nothing about it', async () => {
    expect(await authenticator.check(issueKey('op').key)).toEqual({ ok: false, refusal: 'wrong_kind_of_key' });
    expect(queries).toBe(0);
  });

  it('asks about a key that is known to be right all the same, and not about another of its prefix', async () => {
    await authenticator.check(issued.key);
    expect(await authenticator.check(other.key)).toEqual({ ok: false, refusal: 'unknown_api_key' });
    expect(queries).toBe(2);
    await later(3_001);
    expect(await authenticator.check(other.key, true)).toEqual({ ok: false, refusal: 'not_looked_up' });
    expect(queries).toBe(2);
    expect(await authenticator.check(issued.key, true)).toMatchObject({ ok: true });
    expect(queries).toBe(3);
  });
});
