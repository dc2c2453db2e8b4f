import { type MappingRequest } from '@hub/mapping-engine';
import { err, ok } from '@hub/platform';
import { evaluatePatiently, type Evaluation } from './patient-evaluation';

const cut: Evaluation = err({ code: 'mapping_timeout', message: 'cut' });
const wrong: Evaluation = err({ code: 'mapping_runtime', message: 'wrong' });
const made: Evaluation = ok({ outputText: '1' });
const request = (expression: string): MappingRequest => ({ expression, inputText: '{}' });

/** Answers each expression's evaluations from its list, the last one for ever. */
function engineOf(answers: Record<string, Evaluation[]>): { calls: string[][]; evaluateMany: never } {
  const calls: string[][] = [];
  const evaluateMany = (requests: readonly MappingRequest[]): Promise<Evaluation[]> => {
    calls.push(requests.map(({ expression }) => expression));
    return Promise.resolve(
      requests.map(({ expression }) => {
        const list = answers[expression] ?? [made];
        return (list.length > 1 ? list.shift() : list[0]) as Evaluation;
      }),
    );
  };
  return { calls, evaluateMany: evaluateMany as never };
}

describe('patient evaluation', () => {
  it('tries again, alone, what was cut, and nothing else', async () => {
    const engine = engineOf({ slow: [cut, cut, made], bad: [wrong], good: [made] });
    expect(await evaluatePatiently(engine, ['slow', 'bad', 'good'].map(request))).toEqual([made, wrong, made]);
    expect(engine.calls).toEqual([['slow', 'bad', 'good'], ['slow'], ['slow']]);
  });

  it('blames a mapping that is cut each time, once for all', async () => {
    const engine = engineOf({ loop: [cut], unlucky: [cut, made] });
    const outcomes = await evaluatePatiently(engine, ['loop', 'loop', 'loop', 'unlucky'].map(request));
    expect(outcomes).toEqual([cut, cut, cut, made]);
    expect(engine.calls.slice(1)).toEqual([['loop'], ['loop'], ['unlucky']]);
  });

  it('asks for nothing when there is nothing', async () => {
    const engine = engineOf({});
    expect(await evaluatePatiently(engine, [])).toEqual([]);
    expect(engine.calls).toEqual([]);
  });
});
