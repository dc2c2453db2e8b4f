import { NonceCache } from './nonce-cache';
import { passwordDigest } from './ws-security';

it('computes the digest of the published vector', () => {
  const nonce = Buffer.from('MDEyMzQ1Njc4OWFiY2RlZg==', 'base64');
  expect(passwordDigest(nonce, '2026-11-20T10:00:00Z', 's3cret')).toBe('gvnnSCxyeCE724HZivxPoYYmcOk=');
});

it('remembers a nonce as long as its message could be young enough', () => {
  const cache = new NonceCache();
  const nonce = Buffer.from('n');
  expect(cache.use('a', nonce, 0, 100)).toBe(true);
  expect(cache.use('a', nonce, 99, 100)).toBe(false);
  expect(cache.use('b', nonce, 99, 100)).toBe(true);
  expect(cache.use('a', nonce, 100, 100)).toBe(true);
});
