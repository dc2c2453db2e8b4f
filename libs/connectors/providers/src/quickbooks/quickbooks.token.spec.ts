import { type ConnectorContext } from '@hub/connector-sdk';
import { ok, type SafeHttpRequest } from '@hub/platform';
import { quickBooksTokenLifetime, refreshToken } from './quickbooks.token';

const NOW = Date.parse('2026-11-20T10:00:00Z');
const DAY_S = 86_400;

/** What is stored after a refresh at which Intuit says these things of the refresh token's end. */
async function refreshed(ends: Record<string, unknown>) {
  const asked: SafeHttpRequest[] = [];
  const body = { access_token: 'a', refresh_token: 'r2', expires_in: 3_600, ...ends };
  const granted = await refreshToken({
    config: {},
    credentials: { refresh_token: 'r1' },
    oauthApp: { environment: 'production', clientId: 'c', clientSecret: 's', endpoints: {}, secrets: {} },
    http: {
      request: (request: SafeHttpRequest) => {
        asked.push(request);
        return Promise.resolve(ok({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) }));
      },
    },
    signal: new AbortController().signal,
  } as unknown as ConnectorContext);
  if (!granted.ok) throw new Error(granted.error.message);
  return { asked, lifetime: quickBooksTokenLifetime(granted.value) };
}

describe('the end of a refresh token', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOW }));
  afterEach(() => jest.useRealTimers());

  it.each<[string, Record<string, unknown>, number | null]>([
    ['rolls on', { x_refresh_token_expires_in: 100 * DAY_S, x_refresh_token_hard_expires_in: 900 * DAY_S }, 100],
    [
      'is that of the grant',
      { x_refresh_token_expires_in: 100 * DAY_S, x_refresh_token_hard_expires_in: 7 * DAY_S },
      7,
    ],
    ['is the rolling one where the other is not told', { x_refresh_token_expires_in: 100 * DAY_S }, 100],
    ['is not known where nothing is told', {}, null],
  ])('%s', async (_what, ends, days) => {
    const { asked, lifetime } = await refreshed(ends);
    expect(asked[0]?.headers).toMatchObject({ 'x-include-refresh-token-hard-expires-in': 'true' });
    expect(lifetime?.refreshExpiresAtMs).toBe(days === null ? null : NOW + days * DAY_S * 1_000);
  });
});
