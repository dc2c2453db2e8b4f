import { type SafeHttpFailure } from '@hub/platform';
import { categoryOfStatus, errorOfFailure, errorOfStatus } from './http-errors';

describe('categoryOfStatus', () => {
  it.each([
    [301, 'config'],
    [400, 'validation'],
    [401, 'auth_revoked'],
    [403, 'permission'],
    [404, 'not_found'],
    [408, 'transient'],
    [409, 'duplicate'],
    [410, 'not_found'],
    [412, 'stale'],
    [413, 'too_large'],
    [418, 'validation'],
    [422, 'validation'],
    [425, 'transient'],
    [429, 'rate_limited'],
    [500, 'transient'],
    [501, 'config'],
    [504, 'transient'],
    [599, 'transient'],
  ])('%i is %s', (status, category) => {
    expect(categoryOfStatus(status)).toBe(category);
  });
});

describe('errorOfStatus', () => {
  it('takes a wait from 429 and from a 503 that names one, from nothing else', () => {
    const headers = { 'retry-after': '5' };
    expect(errorOfStatus(429, headers, 'host')).toMatchObject({ category: 'rate_limited', retryAfterMs: 5000 });
    expect(errorOfStatus(503, headers, 'host')).toMatchObject({ category: 'rate_limited', retryAfterMs: 5000 });
    expect(errorOfStatus(429, {}, 'host')).not.toHaveProperty('retryAfterMs');
    expect(errorOfStatus(503, {}, 'host').category).toBe('transient');
    expect(errorOfStatus(500, headers, 'host')).not.toHaveProperty('retryAfterMs');
  });

  it('has a code of its own for each status', () => {
    expect(errorOfStatus(410, {}, 'host').code).toBe('http_410');
  });
});

describe('errorOfFailure', () => {
  const failure = (kind: SafeHttpFailure['kind'], mayHaveBeenSent: boolean): SafeHttpFailure => ({
    kind,
    mayHaveBeenSent,
    message: 'm',
    durationMs: 1,
  });

  it('lets a write be repeated only when nothing was sent or a repeat is harmless', () => {
    expect(errorOfFailure(failure('timeout', true), false)).toMatchObject({
      category: 'unknown_outcome',
      code: 'timeout',
    });
    expect(errorOfFailure(failure('timeout', true), true)).toMatchObject({ category: 'transient', code: 'timeout' });
    expect(errorOfFailure(failure('timeout', false), false)).toMatchObject({
      category: 'transient',
      code: 'connect_timeout',
    });
    expect(errorOfFailure(failure('reset', true), false).category).toBe('unknown_outcome');
    expect(errorOfFailure(failure('dns', false), false).category).toBe('transient');
  });

  it('asks a person about what a repeat cannot cure', () => {
    for (const kind of ['invalid_url', 'invalid_request', 'blocked_address'] as const) {
      expect(errorOfFailure(failure(kind, false), false).category).toBe('config');
    }
  });
});
