import { createHash } from 'node:crypto';
import { eventFingerprint } from './fingerprint';

describe('the fingerprint of an event', () => {
  it('is the SHA-256 of type and data, in their canonical form', () => {
    const expected = createHash('sha256').update('{"data":{"a":null,"b":[1,"ü"]},"type":"a.b"}').digest('hex');
    expect(eventFingerprint('a.b', '{"b":[1.0,"ü"],"a":null}')).toBe(expected);
    expect(eventFingerprint('a.b', '{ "a": null, "b": [1, "\\u00fc"] }')).toBe(expected);
    expect(eventFingerprint('a.c', '{"b":[1.0,"ü"],"a":null}')).not.toBe(expected);
  });

  it.each([
    ['12345678901234567', '12345678901234568'],
    ['9007199254740993', '9007199254740992'],
    ['0.1', '0.10000000000000000001'],
    ['123456789012345678901234567890', '123456789012345678901234567891'],
    ['1e400', '1e401'],
    ['1e400', '-1e400'],
    ['1e-400', '0'],
  ])('tells %s from %s', (one, other) => {
    expect(eventFingerprint('a.b', `{"n":${one}}`)).not.toBe(eventFingerprint('a.b', `{"n":${other}}`));
  });

  it('is the same for all ways of writing a number', () => {
    const of = (number: string): string => eventFingerprint('a.b', `{"z":1,"n":[${number}]}`);
    expect(of('12345678901234567.0')).toBe(of('12345678901234567'));
    expect(of('10e399')).toBe(of('1E+400'));
    expect(of('0.30000000000000004')).toBe(of('30000000000000004e-17'));
    // As it was before a long number stood beside it.
    expect(eventFingerprint('a.b', '{"n":[15e1,0.1000000000000000]}')).toBe(eventFingerprint('a.b', '{"n":[150,0.1]}'));
  });
});
