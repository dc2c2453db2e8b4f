import { type Connector, type TokenLifetime } from '@hub/connector-sdk';
import { credentialTimes, TIMELESS } from './credential-times';

const NOW = Date.UTC(2026, 10, 20, 10);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function times(lifetime: Partial<TokenLifetime> | null, refreshable = true): ReturnType<typeof credentialTimes> {
  const connector = {
    ...(refreshable ? { refreshCredentials: () => Promise.reject(new Error('not called')) } : {}),
    tokenLifetime: () =>
      lifetime === null ? null : { issuedAtMs: NOW, expiresAtMs: null, refreshExpiresAtMs: null, ...lifetime },
  } as Pick<Connector, 'refreshCredentials' | 'tokenLifetime'>;
  return credentialTimes(connector, {}, NOW, () => 0);
}

const after = (ms: number): Date => new Date(NOW + ms);

describe('when credentials are refreshed', () => {
  it.each([
    ['an hour', 60 * MINUTE, 45 * MINUTE],
    ['twenty minutes', 20 * MINUTE, 10 * MINUTE],
    ['ten seconds', 10_000, 5_000],
    ['a week, then daily', 7 * DAY, DAY],
  ])('ahead of the end of a token that lives %s', (_name, lifeMs, dueMs) => {
    expect(times({ expiresAtMs: NOW + lifeMs })).toEqual({
      tokenExpiresAt: after(lifeMs),
      refreshExpiresAt: null,
      refreshDueAt: after(dueMs),
      refreshIdleAt: after(DAY),
    });
  });

  it('daily where the vendor does not say when', () => {
    expect(times({ refreshExpiresAtMs: NOW + 100 * DAY })).toEqual({
      tokenExpiresAt: null,
      refreshExpiresAt: after(100 * DAY),
      refreshDueAt: after(DAY),
      refreshIdleAt: after(DAY),
    });
  });

  it('not without end by a vendor whose clock is behind', () => {
    const behind = times({ issuedAtMs: NOW - 5 * DAY, expiresAtMs: NOW - 5 * DAY + 60 * MINUTE });
    expect(behind.refreshDueAt).toEqual(after(MINUTE));
  });

  it('never where nothing ends, or nothing can refresh it', () => {
    expect(times(null)).toEqual(TIMELESS);
    expect(credentialTimes({}, {})).toEqual(TIMELESS);
    expect(times({ expiresAtMs: NOW + DAY }, false)).toEqual({ ...TIMELESS, tokenExpiresAt: after(DAY) });
  });

  it('takes a nonsensical figure for none', () => {
    expect(times({ expiresAtMs: Number.NaN, refreshExpiresAtMs: 1e18 })).toMatchObject({
      tokenExpiresAt: null,
      refreshExpiresAt: null,
      refreshDueAt: after(DAY),
    });
  });

  it('spreads the idle ones', () => {
    const connector = { refreshCredentials: () => Promise.reject(new Error()), tokenLifetime: () => null };
    const lifetime = { issuedAtMs: NOW, expiresAtMs: null, refreshExpiresAtMs: null };
    const late = credentialTimes({ ...connector, tokenLifetime: () => lifetime }, {}, NOW, () => 1);
    expect(late.refreshIdleAt).toEqual(after(DAY * 0.9));
  });
});
