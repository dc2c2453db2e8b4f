import fc from 'fast-check';
import { createMappingEngine } from './mapping-engine';
import { type MappingEngine, type MappingErrorCode } from './mapping-engine.types';

/** Everything that an evaluation may end in beside an output. */
const CODES: ReadonlySet<MappingErrorCode> = new Set<MappingErrorCode>([
  'mapping_syntax',
  'mapping_runtime',
  'mapping_timeout',
  'mapping_memory',
  'mapping_output_too_large',
  'mapping_no_output',
  'mapping_link_missing',
  'mapping_skipped',
  'mapping_expression_too_large',
]);
const LIMIT_MS = 150;
/** For a batch whose every item may run into the limit, with children that have to be started anew. */
const ENDS_WITHIN_MS = 30_000;
const BATCH = 12;

const atom = fc.oneof(
  fc.constantFrom('a', 'items', '$', '$$', 'items.price', '`odd name`', 'null', 'true', '*', '**', '%', '$event'),
  fc.integer().map(String),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const operator = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '=',
  '!=',
  '<',
  '>=',
  'and',
  'or',
  'in',
  '~>',
  '..',
  '.',
);
const call = fc.constantFrom(
  ...['$sum', '$map', '$filter', '$reduce', '$string', '$number', '$split', '$join', '$replace', '$match', '$sort'],
  ...[
    '$lookup',
    '$merge',
    '$each',
    '$keys',
    '$spread',
    '$eval',
    '$pad',
    '$toMillis',
    '$fromMillis',
    '$round',
    '$power',
  ],
  ...['$decimal', '$money', '$skip', '$error', '$assert', '$link', '$linkRequired', '$nonsense', '$clone', '$zip'],
);
/** By the grammar, though nearly always nonsense. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc.tuple(inner, operator, inner).map((parts) => parts.join(' ')),
      fc.tuple(call, fc.array(inner, { maxLength: 3 })).map(([name, values]) => `${name}(${values.join(', ')})`),
      fc.tuple(inner, inner).map(([of, by]) => `${of}[${by}]`),
      fc.array(inner, { maxLength: 3 }).map((values) => `[${values.join(', ')}]`),
      fc.tuple(inner, inner).map(([name, value]) => `{ ${name}: ${value} }`),
      fc.tuple(inner, inner, inner).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
      inner.map((body) => `($f := function($x) { ${body} }; $f($f))`),
      inner.map((body) => `$map([1..50], function($v, $i) { ${body} })`),
      fc.tuple(inner, inner).map(([of, by]) => `${of}^(${by})`),
    ),
  };
});
/** A good expression with something wrong at some place, or characters without any order. */
const broken = fc.oneof(
  fc
    .tuple(expression, fc.nat(80), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(4))
    .map(([text, at, put, drop]) => text.slice(0, at) + put + text.slice(at + drop)),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'(){}[]$.*%"/`^~>:;?@#|&=+-,0a'.split('')), maxLength: 60 }),
);
const input = fc.oneof(fc.json({ maxDepth: 3 }), fc.constantFrom('', '{', 'null', '1e999', '{"__proto__":{"a":1}}'));

describe('the engine, given any expression and any input', () => {
  let engine: MappingEngine;
  beforeAll(() => {
    engine = createMappingEngine({ timeLimitMs: LIMIT_MS, poolSize: 2 });
  });
  afterAll(() => engine?.close());

  it(
    'ends in time, with an output that is JSON or an error that has a code',
    async () => {
      const item = fc.record({
        expression: fc.oneof({ weight: 3, arbitrary: expression }, { weight: 2, arbitrary: broken }),
        inputText: input,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: BATCH, size: 'max' }), async (requests) => {
          const startedAt = performance.now();
          const outcomes = await engine.evaluateMany(requests);
          expect(performance.now() - startedAt).toBeLessThan(ENDS_WITHIN_MS);
          expect(outcomes).toHaveLength(requests.length);
          outcomes.forEach((outcome, index) => {
            if (outcome.ok) expect(() => JSON.parse(outcome.value.outputText) as unknown).not.toThrow();
            else expect([...CODES]).toContain(outcome.error.code);
            const checked = engine.check(requests[index]?.expression ?? '');
            if (!checked.ok) expect([...CODES]).toContain(checked.error.code);
          });
        }),
        { numRuns: 40 },
      );
      // And it is none the worse for it.
      expect(await engine.evaluate({ expression: 'a + 1', inputText: '{"a":1}' })).toMatchObject({
        ok: true,
        value: { outputText: '2' },
      });
    },
    5 * ENDS_WITHIN_MS,
  );
});
