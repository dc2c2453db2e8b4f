import { createHash } from 'node:crypto';
import { eventFingerprint } from './fingerprint';

describe('the fingerprint of an event', () => {
  it('is the SHA-256 of type and data, in their canonical form', () => {
    const data = { b: [1.0, 'ü'], a: null };
    const expected = createHash('sha256').update('{"data":{"a":null,"b":[1,"ü"]},"type":"a.b"}').digest('hex');
    expect(eventFingerprint('a.b', data)).toBe(expected);
    expect(eventFingerprint('a.b', { a: null, b: [1, 'ü'] })).toBe(expected);
    expect(eventFingerprint('a.c', data)).not.toBe(expected);
  });
});
