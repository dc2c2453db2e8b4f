import { createMappingEngine } from './mapping-engine';
import { type LinkLookup, type LinkResolver, type MappingEngine, type MappingRequest } from './mapping-engine.types';

let engine: MappingEngine;
beforeAll(() => {
  engine = createMappingEngine({ poolSize: 1, timeLimitMs: 2_000 });
});
afterAll(() => engine.close());

/** Remembers every call, so that a test sees how often the database would have been asked. */
class Book implements LinkResolver {
  readonly calls: (readonly LinkLookup[])[] = [];

  constructor(private readonly links: { readonly [question: string]: string }) {}

  find(lookups: readonly LinkLookup[]): Promise<readonly (string | null)[]> {
    this.calls.push(lookups);
    return Promise.resolve(
      lookups.map(({ from, type, id, system }) => this.links[[from, type, id, system].join(' ')] ?? null),
    );
  }
}

const request = (expression: string, input: unknown, resolver: LinkResolver, from = 'sf'): MappingRequest => ({
  expression,
  inputText: JSON.stringify(input),
  links: { resolver, from },
});
const outputOf = async (asked: MappingRequest): Promise<unknown> => {
  const outcome = await engine.evaluate(asked);
  return outcome.ok ? (JSON.parse(outcome.value.outputText) as unknown) : outcome.error;
};

describe('links in mappings', () => {
  it('looks every question of a batch up once, in one call', async () => {
    const book = new Book({ 'sf customer 1 qbo': '58', 'sf customer 2 qbo': '59', 'ns customer 1 qbo': '7' });
    const expression =
      '{"a": $link("customer", id, "qbo"), "b": $link("customer", id, "qbo"), "c": $link("x", id, "qbo")}';
    const outcomes = await engine.evaluateMany([
      request(expression, { id: '1' }, book),
      request(expression, { id: '2' }, book),
      request(expression, { id: '1' }, book),
      request(expression, { id: 1 }, book, 'ns'),
      request('1', {}, book),
    ]);
    const outputs = outcomes.map((outcome) => outcome.ok && (JSON.parse(outcome.value.outputText) as unknown));
    expect(outputs).toEqual([{ a: '58', b: '58' }, { a: '59', b: '59' }, { a: '58', b: '58' }, { a: '7', b: '7' }, 1]);
    expect(book.calls.map((call) => call.length)).toEqual([6]);
  });

  it('asks nobody when nothing is asked for, and again for an id that comes out of a link', async () => {
    const book = new Book({ 'sf a 1 x': '2', 'sf a 2 x': '3', 'sf a 3 x': '4', 'sf a 4 x': '5', 'sf a 5 x': '6' });
    const chain = (depth: number): string => (depth === 0 ? '"1"' : `$link("a", ${chain(depth - 1)}, "x")`);
    expect(await outputOf(request('1 + 1', {}, book))).toBe(2);
    expect(book.calls).toEqual([]);
    expect(await outputOf(request(chain(4), {}, book))).toBe('5');
    expect(book.calls.length).toBe(4);
    expect(await outputOf(request(chain(5), {}, book))).toMatchObject({ code: 'mapping_runtime' });
  });

  it('says where a link is missing that has to be there, and which', async () => {
    const book = new Book({});
    expect(await outputOf(request('{\n "c": $linkRequired("customer", id, "qbo")}', { id: '1' }, book))).toMatchObject({
      code: 'mapping_link_missing',
      position: { line: 2, column: 7 },
      token: 'linkRequired',
      link: { type: 'customer', id: '1', system: 'qbo' },
      message: expect.stringContaining('customer "1"'),
    });
    expect(
      await outputOf(request('$eval("$linkRequired(\\"customer\\", \\"1\\", \\"qbo\\")")', {}, book)),
    ).toMatchObject({
      code: 'mapping_link_missing',
    });
  });

  it('does not let a run that was void fail, nor an error of the real run pass', async () => {
    const book = new Book({ 'sf a 1 x': '2' });
    expect(await outputOf(request('$required($link("a", "1", "x"), "link")', {}, book))).toBe('2');
    expect(await outputOf(request('$required($link("a", "9", "x"), "link")', {}, book))).toMatchObject({
      code: 'mapping_runtime',
      message: expect.stringContaining('required'),
    });
  });

  it('bounds how many links one run may ask for', async () => {
    const book = new Book({});
    const many = (count: number): string =>
      `$count($map([1..${count}], function($i) { $string($link("a", $i, "x")) }))`;
    expect(await outputOf(request(many(1_000), {}, book))).toBe(0);
    expect(book.calls[0]?.length).toBe(1_000);
    // The bound shows itself once the first thousand are known: before that the run is void.
    expect(await outputOf(request(many(1_001), {}, book))).toMatchObject({
      code: 'mapping_runtime',
      message: expect.stringContaining('1000'),
    });
  });

  it.each([
    ['$link(1, "1", "x")', 'The type must be text'],
    ['$link("a", {"id": 1}, "x")', 'The id must be text'],
    ['$link("a", "1", "")', 'The system must be text'],
    ['$linkRequired("a", "  ", "x")', 'The id of the "a"'],
  ])('refuses %s', async (expression, message) => {
    expect(await outputOf(request(expression, {}, new Book({})))).toMatchObject({
      code: 'mapping_runtime',
      message: expect.stringContaining(message),
    });
  });

  it('cannot be given links by the expression itself', async () => {
    expect(await outputOf({ expression: '($links := {"a": 1}; $link("a", "1", "x"))', inputText: '{}' })).toMatchObject(
      {
        code: 'mapping_runtime',
        message: 'Links between records cannot be asked for here.',
      },
    );
  });

  it('is worth another try when the links cannot be looked up', async () => {
    const broken: LinkResolver = { find: () => Promise.reject(new Error('the database is gone')) };
    expect(await outputOf(request('$link("a", "1", "x")', {}, broken))).toMatchObject({ code: 'mapping_unavailable' });
  });
});
