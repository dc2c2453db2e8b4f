import fc from 'fast-check';
import { type ApiDocument, type JsonSchema, type Operation } from './api-document';
import { type IdPool } from './id-pool';
import { samplesOf } from './samples';
import { SchemaArbitraries } from './schema-arbitrary';

export interface FuzzRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Who asks: the right one nearly always. */
export type Caller = 'own' | 'none' | 'garbage' | 'narrow';

export interface Plan {
  readonly caller: Caller;
  readonly request: FuzzRequest;
}

/** A client takes `%2e%2e` alone for a step up, as it takes `..` and `.`, and asks for another path than the one that is tried. */
const WILD_SEGMENTS = ['%00', '%2e%2e%2f', '%', 'x'.repeat(300), 'null', '0', '💥', "'", 'con_', ' ', '%ff'];
const ANY_JSON = fc.jsonValue({ maxDepth: 4 });
const BROKEN_JSON = fc.constantFrom('{', '', '[1,]', '{"__proto__":{}}', '\u0000', `${'['.repeat(200)}`, '{"a":1e999}');
/** Stand for numbers that no JavaScript value can be, until the body is written. */
const BEYOND_DOUBLES = 'beyond-doubles';
const LONGER_THAN_DOUBLES = 'longer-than-doubles';
/** Most are new: one that was used before is refused before anything is done. */
const KEYS = fc.option(
  fc.oneof({ weight: 4, arbitrary: fc.uuid() }, fc.constantFrom('k-1', 'k-2', 'x'.repeat(300), ' ', '"quoted"')),
  { freq: 6, nil: undefined },
);

/** Requests of one operation: good ones, good ones with one thing wrong, and wild ones. */
export class Requests {
  private readonly schemas: SchemaArbitraries;

  constructor(
    api: ApiDocument,
    private readonly ids: IdPool,
  ) {
    this.schemas = new SchemaArbitraries(api, ids);
  }

  of(operation: Operation): fc.Arbitrary<Plan> {
    const caller = fc.oneof(
      { weight: 40, arbitrary: fc.constant<Caller>('own') },
      { weight: 1, arbitrary: fc.constantFrom<Caller>('none', 'garbage', 'narrow') },
    );
    return fc.record({ caller, request: this.request(operation) });
  }

  private request(operation: Operation): fc.Arbitrary<FuzzRequest> {
    const parts = fc.record({
      path: this.path(operation),
      query: this.query(operation),
      body: this.body(operation),
      key: operation.method === 'GET' ? fc.constant(undefined) : KEYS,
    });
    return parts.map(({ path, query, body, key }) => ({
      url: query === '' ? path : `${path}?${query}`,
      headers: {
        ...(body.type === undefined ? {} : { 'content-type': body.type }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body.text,
    }));
  }

  private path(operation: Operation): fc.Arbitrary<string> {
    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
    const values = parameters.map(({ name, schema }) => {
      const real = this.ids.forPath(operation.path, name);
      const plain = this.schemas.of(schema ?? {}, name).map(segmentOf);
      const some = real.length === 0 ? plain : fc.constantFrom(...real).map(encodeURIComponent);
      return fc.oneof(
        { weight: 16, arbitrary: some },
        { weight: 2, arbitrary: plain },
        { weight: 1, arbitrary: fc.constantFrom(...WILD_SEGMENTS) },
      );
    });
    return fc
      .tuple(...values)
      .map((chosen) =>
        parameters.reduce(
          (path, { name }, index) => path.replace(`{${name}}`, () => chosen[index] ?? ''),
          operation.path,
        ),
      );
  }

  private query(operation: Operation): fc.Arbitrary<string> {
    const parameters = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const members = parameters.map(({ name, schema, required }) =>
      fc.oneof(
        { weight: required === true ? 20 : 3, arbitrary: this.schemas.of(schema ?? {}, name).map(pair(name)) },
        { weight: required === true ? 1 : 6, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constantFrom(`${name}=`, `${name}=%00`, `${name}=-1`, `${name}=a&${name}=b`) },
      ),
    );
    const extra = fc.oneof(
      { weight: 15, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom('unknown=1', 'limit=1e9', '__proto__=1', 'a[b]=c', '%', '&&&', '=') },
    );
    return fc.tuple(...members, extra).map((all) => all.filter((member) => member !== '').join('&'));
  }

  private body(operation: Operation): fc.Arbitrary<{ type: string | undefined; text: string | undefined }> {
    const content = Object.entries(operation.requestBody?.content ?? {});
    if (content.length === 0) {
      return fc.oneof(
        { weight: 12, arbitrary: fc.constant({ type: undefined, text: undefined }) },
        { weight: 1, arbitrary: ANY_JSON.map((value) => ({ type: 'application/json', text: JSON.stringify(value) })) },
      );
    }
    return fc.constantFrom(...content).chain(([type, { schema }]) => {
      const good = this.good(operation, schema ?? {});
      return fc.oneof(
        { weight: 10, arbitrary: good.map((value) => ({ type, text: textOf(value) })) },
        { weight: 6, arbitrary: spoilt(good).map((value) => ({ type, text: textOf(value) })) },
        { weight: 2, arbitrary: ANY_JSON.map((value) => ({ type, text: textOf(value) })) },
        { weight: 1, arbitrary: BROKEN_JSON.map((text) => ({ type, text })) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('text/plain', 'application/xml', 'application/json; charset=latin1', 'nonsense')
            .map((wrong) => ({ type: wrong, text: '{}' })),
        },
        { weight: 1, arbitrary: fc.constant({ type: undefined, text: undefined }) },
      );
    });
  }

  /** By its schema, or a sample that is known to be good, under another name. */
  private good(operation: Operation, schema: JsonSchema): fc.Arbitrary<unknown> {
    const bySchema = this.schemas.of(schema);
    const bodies = samplesOf(operation.name, this.ids).flatMap(({ body }) => (body === undefined ? [] : [body]));
    if (bodies.length === 0) return bySchema;
    const samples = fc.tuple(fc.constantFrom(...bodies), fc.uuid()).map(([body, name]) => renamed(body, name));
    return fc.oneof(samples, bySchema);
  }
}

/** Names of things are taken once, and samples have only one. */
function renamed(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null || !('name' in body)) return structuredClone(body);
  return { ...structuredClone(body), name };
}

/** One member, at any depth, is replaced, dropped or added. */
function spoilt(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const replacement = fc.oneof(
    ANY_JSON,
    fc.constantFrom<unknown>(
      null,
      -1,
      1e308,
      BEYOND_DOUBLES,
      LONGER_THAN_DOUBLES,
      '',
      [],
      {},
      '\u0000',
      'x'.repeat(5_000),
      true,
      [[[[]]]],
    ),
  );
  return fc.tuple(good, fc.nat(), fc.nat(2), replacement).map(([value, at, way, wrong]) => {
    const copy = structuredClone(value);
    const places = placesOf(copy);
    const place = places[at % Math.max(places.length, 1)];
    if (place === undefined) return wrong;
    if (way === 0) place.holder[place.name] = wrong;
    else if (way === 1) delete place.holder[place.name];
    else place.holder['unknown_member'] = wrong;
    return copy;
  });
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesOf(holder[name])]);
}

function pair(name: string): (value: unknown) => string {
  return (value) => `${name}=${encodeURIComponent(safeText(value))}`;
}

function segmentOf(value: unknown): string {
  const text = safeText(value);
  return /^\.{1,2}$/.test(text) ? `${text}x` : encodeURIComponent(text);
}

/** `encodeURIComponent` throws for half a surrogate pair; the wire could not carry it either. */
function safeText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text ?? '', 'utf8').toString('utf8');
}

function textOf(value: unknown): string {
  return (JSON.stringify(value) ?? 'null')
    .replaceAll(`"${BEYOND_DOUBLES}"`, '1e400')
    .replaceAll(`"${LONGER_THAN_DOUBLES}"`, '12345678901234567.8');
}
