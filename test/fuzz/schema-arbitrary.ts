import fc from 'fast-check';
import { type ApiDocument, type JsonSchema } from './api-document';
import { type IdPool } from './id-pool';

const DEEPEST = 6;
const MOST_MEMBERS = 12;

/** Values that get past the first check, for members whose names tell what they are for. */
const LIKELY: Readonly<Record<string, readonly unknown[]>> = {
  expression: ['$', '{ "n": n }', '1 + 1', '$sum(items.price)', '$error("no")', '(', '$link("customer", id)'],
  filter: ['n > 1', 'true', '$exists(a)', null],
  event_type: ['order.*', '*', 'order.created', 'customer.created'],
  type: ['order.created', 'customer.created', 'customer'],
  operation: ['request.send', 'Account.upsert'],
  connector: ['http', 'http', 'http', 'salesforce', 'quickbooks', 'netsuite', 'erp'],
  canonical_type: ['customer', 'invoice', 'payment'],
  object: ['Account', 'Customer', 'customers'],
  q: ['order', 'evt_', "x' or 1=1 --", '%', '\\'],
  specversion: ['1.0'],
};

const TEXT = fc.oneof(
  { weight: 6, arbitrary: fc.string({ minLength: 1, maxLength: 24 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\u0000', '\ud800', ' ', '', '__proto__', '../../etc', "'; drop table events; --", '💥'),
  },
);

const MOMENT = fc
  .date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
  .map((moment) => moment.toISOString());

/** Values for a schema: nearly all are good by the schema, and some of those are refused for what a schema cannot say. */
export class SchemaArbitraries {
  constructor(
    private readonly api: ApiDocument,
    private readonly ids: IdPool,
  ) {}

  of(schema: JsonSchema, name = '', depth = 0): fc.Arbitrary<unknown> {
    const likely = this.likely(name);
    const plain = this.plain(schema, depth);
    return likely === null ? plain : fc.oneof({ weight: 3, arbitrary: likely }, { weight: 1, arbitrary: plain });
  }

  private likely(name: string): fc.Arbitrary<unknown> | null {
    const known = LIKELY[name];
    if (known !== undefined) return fc.constantFrom(...known);
    if (name === 'id' || /(^|_)ids?$/.test(name)) {
      const one = this.ids.any();
      return name.endsWith('ids') ? fc.array(one, { maxLength: 3 }) : one;
    }
    if (name === 'cursor') return fc.oneof(this.ids.cursor(), TEXT);
    if (name === 'config') return this.ids.config();
    return null;
  }

  private plain(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const resolved = this.api.resolve(schema);
    if (resolved.const !== undefined) return fc.constant(resolved.const);
    if (resolved.enum !== undefined) return fc.constantFrom(...resolved.enum);
    const choices = resolved.anyOf ?? resolved.oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.plain(choice, depth + 1)));
    if (resolved.allOf !== undefined) {
      const parts = fc.tuple(...resolved.allOf.map((part) => this.plain(part, depth + 1)));
      return parts.map((members) => Object.assign({}, ...members) as unknown);
    }
    const types = typeof resolved.type === 'string' ? [resolved.type] : (resolved.type ?? ['any']);
    return fc.oneof(...types.map((type) => this.ofType(type, resolved, depth)));
  }

  private ofType(type: string, schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.oneof(
          fc.integer({ min: Math.max(schema.minimum ?? 0, -1_000), max: Math.min(schema.maximum ?? 1_000, 1_000_000) }),
          fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1),
        );
      case 'number':
        return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
      case 'string':
        return text(schema);
      case 'array':
        return fc.array(this.of(schema.items ?? {}, '', depth + 1), {
          minLength: schema.minItems ?? 0,
          maxLength: depth > DEEPEST ? (schema.minItems ?? 0) : Math.min(schema.maxItems ?? 4, 4),
        });
      case 'object':
        return this.object(schema, depth);
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  }

  private object(schema: JsonSchema, depth: number): fc.Arbitrary<unknown> {
    const properties = Object.entries(schema.properties ?? {});
    if (properties.length === 0 || depth > DEEPEST)
      return fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), {
        maxKeys: MOST_MEMBERS / 3,
      });
    const required = (schema.required ?? []).filter((name) => schema.properties?.[name] !== undefined);
    const members = Object.fromEntries(properties.map(([name, member]) => [name, this.of(member, name, depth + 1)]));
    // Half of them lean: each further member is another chance to be refused.
    const lean = Object.fromEntries(required.map((name) => [name, members[name] ?? fc.constant(null)]));
    return fc.oneof(fc.record(lean), fc.record(members, { requiredKeys: required }));
  }
}

function text(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === 'date-time') return MOMENT;
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'uri' || schema.format === 'url') return fc.webUrl();
  if (schema.format === 'email') return fc.emailAddress();
  if (schema.pattern !== undefined && !schema.pattern.includes('\\p{')) {
    return fc
      .stringMatching(new RegExp(schema.pattern), { maxLength: 40 })
      .filter((value) => value.length <= (schema.maxLength ?? 1_000));
  }
  const max = Math.min(schema.maxLength ?? 24, 24);
  return fc.oneof(
    { weight: 8, arbitrary: fc.string({ minLength: schema.minLength ?? 0, maxLength: max }) },
    { weight: 3, arbitrary: TEXT },
    { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(schema.maxLength ?? 1_000, 20_000))) },
  );
}
