import fs from 'node:fs';
import path from 'node:path';
import jsonata from 'jsonata';
import { ExpressionRunner } from '../child/expression-runner';
import { LinkSession } from '../child/link-session';
import { type LinkQuestion } from '../mapping-engine.types';
import { type KnownLink } from '../protocol';
import { IMPLEMENTED_FUNCTIONS, MAPPING_FUNCTIONS, renderMappingFunctionsMarkdown } from './catalogue';
import { type FunctionFocus, type MappingFunctionExample } from './function.types';

const PAGE = path.resolve(__dirname, '../../../../../docs/mapping-functions.md');

let runner: ExpressionRunner;
beforeAll(async () => {
  runner = await ExpressionRunner.create({ maxExpressionBytes: 8192, maxOutputBytes: 1_048_576 });
});

type Links = MappingFunctionExample['links'];

/** As the engine does it: once to see what is asked for, then with the answers. */
const run = async (expression: string, input: unknown = null, bindings?: object, links?: Links): Promise<unknown> => {
  const texts = [expression, JSON.stringify(input), bindings ? JSON.stringify(bindings) : null, 5_000] as const;
  const asking = links === undefined ? null : new LinkSession([]);
  const first = await runner.run(...texts, asking);
  const known = (asking?.asked ?? []).map((question): KnownLink => [question, foundAmong(links ?? [], question)]);
  const outcome = known.length === 0 ? first : await runner.run(...texts, new LinkSession(known));
  return outcome.ok
    ? JSON.parse(outcome.value)
    : outcome.error.code === 'mapping_no_output'
      ? undefined
      : outcome.error;
};

function foundAmong(links: NonNullable<Links>, { type, id, system }: LinkQuestion): string | null {
  return links.find((link) => link.type === type && link.id === id && link.system === system)?.found ?? null;
}

const cases = MAPPING_FUNCTIONS.flatMap((item) =>
  item.examples.map((example): [string, MappingFunctionExample] => [example.expression, example]),
);

describe('mapping functions', () => {
  it.each(cases)(
    'does what the documentation says: %s',
    async (_, { expression, input, bindings, links, result, error }) => {
      const outcome = await run(expression, input ?? null, bindings, links);
      if (error === undefined) expect(outcome).toEqual(result);
      else
        expect(outcome).toMatchObject({
          code: expression.startsWith('$skip') ? 'mapping_skipped' : 'mapping_runtime',
          message: error,
        });
    },
  );

  it('documents every function with at least one example', () => {
    expect(MAPPING_FUNCTIONS.filter((item) => item.examples.length === 0 || item.description === '')).toEqual([]);
    for (const item of MAPPING_FUNCTIONS) expect(item.usage.startsWith(`$${item.name}(`)).toBe(true);
  });

  it('gives each function its own name, and none of JSONata’s', async () => {
    const names = MAPPING_FUNCTIONS.map((item) => item.name);
    expect(new Set(names).size).toBe(names.length);
    const probe = jsonata('$probe()');
    const taken: string[] = [];
    probe.registerFunction('probe', function (this: FunctionFocus) {
      for (const name of names) if (this.environment.lookup(name) !== undefined) taken.push(name);
      return this.environment.lookup('sum') === undefined ? 'lookup is broken' : 'ok';
    });
    expect(await probe.evaluate(null)).toBe('ok');
    expect(taken).toEqual([]);
  });

  it('agrees with the page in docs', () => {
    expect(fs.readFileSync(PAGE, 'utf8')).toBe(renderMappingFunctionsMarkdown());
  });

  it('passes only the required arguments from $map, so an index is never taken for an option', async () => {
    expect(await run('$map(["1,5", "2,5"], function($x) { $parseDecimal($x, ",") })')).toEqual(['1.5', '2.5']);
    expect(await run('$map(["usd", "nope", "eur"], $currency)')).toEqual(['USD', 'EUR']);
    expect(await run('$map(["2024-01-01", "2024-01-02"], $toDate)')).toEqual(['2024-01-01', '2024-01-02']);
    for (const item of IMPLEMENTED_FUNCTIONS) expect([item.name, item.arity]).toEqual([item.name, expect.any(Number)]);
  });

  it('can be applied in part and chained', async () => {
    expect(await run('($vat := $mul(?, "1.19"); $vat("100"))')).toBe('119');
    expect(await run('"  Crème " ~> $slug ~> $padLeft(8, "*")')).toBe('***creme');
  });

  it('yields nothing for an absent argument instead of failing', async () => {
    for (const call of ['$add(x, 1)', '$money(x, "EUR")', '$toInstant(x)', '$slug(x)', '$hash(x)', '$addDays(x, 1)'])
      expect([call, await run(call, {})]).toEqual([call, undefined]);
  });

  it('takes the context as its argument where the signature says so', async () => {
    expect(await run('names.$slug()', { names: ['A b', 'C d'] })).toEqual(['a-b', 'c-d']);
  });
});
