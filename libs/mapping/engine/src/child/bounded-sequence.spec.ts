import jsonata from 'jsonata';
import { sequenceBound } from './bounded-sequence';

describe('sequenceBound', () => {
  const evaluate = (text: string, input: unknown, most = 3): Promise<unknown> => {
    const expression = jsonata(text, { sequence: 5 });
    sequenceBound(most)(expression);
    return expression.evaluate(input) as Promise<unknown>;
  };

  it.each([
    ['a step', 'a.b', { a: [{ b: 1 }, { b: 2 }, { b: 3 }, { b: 4 }] }],
    ['lists that are made one', 'a.b', { a: [{ b: [1, 2] }, { b: [3, 4] }] }],
    ['a block', '(a.b)', { a: [{ b: 1 }, { b: 2 }, { b: 3 }, { b: 4 }] }],
    ['a function', '(function($x) { $x.b })(a)', { a: [{ b: 1 }, { b: 2 }, { b: 3 }, { b: 4 }] }],
    ['an expression in a text', '$eval("a.b", $)', { a: [{ b: 1 }, { b: 2 }, { b: 3 }, { b: 4 }] }],
  ])('is in the place of the bound that JSONata was given: %s', async (_where, text, input) => {
    const codes = (error: unknown): unknown => {
      const { code, error: inner } = error as { code?: string; error?: { code?: string } };
      return inner?.code ?? code;
    };
    expect(await evaluate(text, input).then(() => 'no error', codes)).toBe('D2015');
    expect(await evaluate(text, input, 4)).toHaveLength(4);
  });

  it('lets what is derived from a list be a plain one', async () => {
    const sequence = (await evaluate('a.b', { a: [{ b: 1 }, { b: 2 }] })) as unknown[];
    expect(Object.getPrototypeOf(sequence.map((item) => item))).toBe(Array.prototype);
    expect([...sequence]).toEqual([1, 2]);
  });
});
