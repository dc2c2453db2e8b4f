import { newSecrets, rotatedSecrets, withHeaders } from './endpoint-secrets';

const HOUR_MS = 3_600_000;
const NOW = new Date('2026-11-20T10:00:00.000Z');

describe('the secrets of an endpoint', () => {
  it('are 32 random bytes, as Standard Webhooks writes them', () => {
    const { secret } = newSecrets({});
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecrets({}).secret).not.toBe(secret);
  });

  it('keep the one before for the overlap, one alone, and the headers for good', () => {
    const first = newSecrets({ 'X-Team': 'a' });
    const second = rotatedSecrets(first, HOUR_MS, NOW);
    expect(second).toEqual({
      secret: expect.not.stringContaining(first.secret) as unknown,
      previous_secret: first.secret,
      previous_secret_until: '2026-11-20T11:00:00.000Z',
      headers: { 'X-Team': 'a' },
    });
    expect(rotatedSecrets(second, HOUR_MS, NOW).previous_secret).toBe(second.secret);
    const third = rotatedSecrets(second, 0, NOW);
    expect(third).toEqual({ secret: third.secret, headers: { 'X-Team': 'a' } });
  });

  it('have their headers replaced whole', () => {
    const secrets = newSecrets({ 'X-Team': 'a' });
    expect(withHeaders(secrets, { 'X-Other': 'b' })).toEqual({ ...secrets, headers: { 'X-Other': 'b' } });
    expect(withHeaders(secrets, {})).toEqual({ secret: secrets.secret });
  });
});
