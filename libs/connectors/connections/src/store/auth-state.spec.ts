import { authSummary } from './auth-state';

const NOW = Date.UTC(2026, 10, 20);
const DAY = 24 * 3_600_000;
const good = {
  status: 'active' as const,
  status_reason: null,
  has_credentials: true,
  revision: 3,
  refused_revision: null,
  refresh_expires_at: null,
  refresh_failures: 0,
  auth_error: null,
};
const state = (change: Partial<Parameters<typeof authSummary>[0]>): string =>
  authSummary({ ...good, ...change }, NOW).state;

describe('how a connection stands with its vendor', () => {
  it.each([
    ['connected', {}],
    ['connected', { status: 'paused' }],
    ['connected', { refresh_failures: 2 }],
    ['connected', { has_credentials: false }],
    ['connected', { refused_revision: 2 }],
    ['connected', { refresh_expires_at: new Date(NOW + 14 * DAY) }],
    ['expiring', { refresh_expires_at: new Date(NOW + 14 * DAY - 1) }],
    ['expiring', { refresh_failures: 3 }],
    [
      'expiring',
      { refresh_failures: 1, auth_error: { code: 'oauth_app_missing', category: 'config', message: 'No app' } },
    ],
    ['needs_reauth', { status: 'needs_reauth' }],
    ['needs_reauth', { status: 'paused', refused_revision: 3 }],
    ['not_connected', { status: 'needs_reauth', status_reason: 'credentials_missing', has_credentials: false }],
    ['disabled', { status: 'disabled', refused_revision: 3 }],
  ] as const)('is %s for %j', (expected, change) => {
    expect(state(change)).toBe(expected);
  });

  it('says what to do whenever there is something to do', () => {
    expect(authSummary(good, NOW).advice).toBeNull();
    const refused = { code: 'invalid_grant', category: 'auth_revoked', message: 'Token refused.' };
    expect(authSummary({ ...good, status: 'needs_reauth', auth_error: refused }, NOW).advice).toMatch(
      /Sign in again.*Token refused\./,
    );
  });
});
