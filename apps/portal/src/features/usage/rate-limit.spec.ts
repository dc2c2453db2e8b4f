import { rateLimitOf } from './rate-limit';

it('reads what is left of a limit', () => {
  const headers = { ratelimit: '"api";r=57;t=3', 'ratelimit-policy': '"api";q=60;w=60' };
  expect(rateLimitOf(new Headers(headers))).toEqual({ left: 57, most: 120 });
  expect(rateLimitOf(new Headers())).toBeNull();
  expect(rateLimitOf(new Headers({ ratelimit: '"api";r=57' }))).toBeNull();
});
