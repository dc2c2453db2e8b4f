import { inexactNumbers } from './inexact-numbers';

const pointersOf = (...given: Parameters<typeof inexactNumbers>): string[] =>
  inexactNumbers(...given).map(({ pointer }) => pointer);

describe('numbers that a double changes', () => {
  it('are named where they stand, but for a member that is taken as text', () => {
    const text = '{"a":[1,1e400],"b/c":{"d":0.10000000000000001},"data":{"n":1e400},"e":"1e400"}';
    expect(pointersOf(text, { spared: 'data' })).toEqual(['/a/1', '/b~1c/d']);
    expect(pointersOf('[1e400]', { prefix: '/events/0/metadata' })).toEqual(['/events/0/metadata/0']);
  });

  it('do not repeat names without end', () => {
    const [within, beyond] = ['n'.repeat(190), 'n'.repeat(200)];
    expect(pointersOf(`{"a":{"${within}":1e400,"${beyond}":{"b":1e400}}}`, {})).toEqual([`/a/${within}`, '/a']);
  });

  it('are looked for until there are more than are named', () => {
    expect(pointersOf(`[${Array(1_000).fill('1e400').join()}]`, {})).toHaveLength(101);
  });
});
