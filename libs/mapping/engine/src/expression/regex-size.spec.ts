import { regexSize } from './regex-size';

describe('regexSize', () => {
  it.each([
    ['abc', 3],
    ['a{10}', 10],
    ['a{2,10}', 10],
    ['a{10,}', 11],
    ['(ab){10}', 30],
    ['((ab){10}c){10}', 320],
    ['[a-z]{100}', 200],
    ['\\d{5}', 5],
    ['\\p{L}', 20],
    ['[\\p{L}x]', 22],
    ['a\\{10}', 5],
    ['[]a{9}]', 2],
  ])('%s is about %d', (source, size) => expect(regexSize(source)).toBe(size));

  it.each(['(((', ')))', '[', '\\', '{', '\\p{', '(?:a{1,99}){1,99}'])('survives %s', (source) => {
    expect(regexSize(source)).toBeGreaterThanOrEqual(0);
  });

  it('sees what is large', () => {
    expect(regexSize('(a{1,99})'.repeat(880))).toBeGreaterThan(80_000);
    expect(regexSize('((a{50}){50}){50}')).toBeGreaterThan(100_000);
  });
});
