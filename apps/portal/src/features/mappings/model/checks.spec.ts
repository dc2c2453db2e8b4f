import { type GoldenCase } from '@hub/api-client';
import { goldenResult } from './golden-result';
import { jsonDifferences } from './json-differences';
import { lineDiff } from './line-diff';
import { memberText } from '../../../lib/raw-json';
import { samplePaths } from './sample-paths';
import { schemaFaults, type Schema } from './schema-check';
import { choiceOf, keyOf, objectOf } from './target-choices';
import { missingFields, targetOfFields, targetOfSchema } from './target-fields';

describe('a schema', () => {
  const schema: Schema = {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'total'],
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 3 },
      day: { type: ['string', 'null'], format: 'date' },
      state: { type: 'string', enum: ['a', 'b'] },
      lines: {
        type: 'array',
        maxItems: 2,
        items: { type: 'object', properties: { no: { type: 'integer', minimum: 1 } } },
      },
      amount: { type: 'string', pattern: '^-?[0-9]+$' },
    },
  };

  it('is kept by what fits it', () => {
    expect(schemaFaults(schema, { id: 'x', total: null, day: null, lines: [{ no: 1 }] })).toEqual([
      { pointer: '/total', code: 'unknown', expected: '' },
    ]);
    expect(schemaFaults({ type: 'object', required: [] }, {})).toEqual([]);
  });

  it('names every place that does not', () => {
    const value = {
      id: 'long',
      day: '2026-02-30',
      state: 'c',
      lines: [{ no: 0 }, { no: 1.5 }, {}],
      amount: '1.5',
      'a/b': 1,
    };
    expect(schemaFaults(schema, value).map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/total required',
      '/id too_long',
      '/day pattern',
      '/state enum',
      '/lines too_many',
      '/lines/0/no too_small',
      '/lines/1/no type',
      '/amount pattern',
      '/a~1b unknown',
    ]);
    expect(schemaFaults(schema, [])).toEqual([{ pointer: '', code: 'type', expected: 'object' }]);
  });
});

describe('a target', () => {
  const field = { label: 'L', vendor_type: 'T', external_id: false, max_length: null, values: null };

  it('has the fields of a schema, those of objects within them as well', () => {
    const schema: Schema = {
      required: ['id'],
      properties: {
        id: { type: 'string' },
        total: { required: ['amount'], properties: { amount: { type: 'string' } } },
      },
    };
    expect(targetOfSchema('order', schema).fields.map(({ path, isRequired }) => [path.join('.'), isRequired])).toEqual([
      ['id', true],
      ['total.amount', false],
    ]);
  });

  it('has the fields of a vendor that can be written, and a schema that asks for none of them', () => {
    const target = targetOfFields('Customer', [
      { ...field, name: 'DisplayName', type: 'string', required_on_create: true, writable: true, max_length: 5 },
      { ...field, name: 'BillAddr.City', type: 'string', required_on_create: false, writable: true },
      { ...field, name: 'Balance', type: 'number', required_on_create: false, writable: false },
    ]);
    expect(target.fields.map(({ path }) => path)).toEqual([['DisplayName'], ['BillAddr', 'City']]);
    expect(schemaFaults(target.schema, { BillAddr: { City: 'x' }, _link: null })).toEqual([]);
    expect(schemaFaults(target.schema, { DisplayName: 'longer', Balance: 1 }).map(({ code }) => code)).toEqual([
      'too_long',
      'unknown',
    ]);
    expect(missingFields(target, { BillAddr: {} }).map(({ path }) => path)).toEqual([['DisplayName']]);
  });
});

it('a sample has its fields, lists seen through', () => {
  const paths = samplePaths({
    id: 7,
    'two words': 'x',
    lines: [{ sku: 'a' }, { sku: 'b', qty: 1 }],
    none: null,
    'a`b': 1,
  });
  expect(paths.map(({ text, kind, example }) => [text, kind, example])).toEqual([
    ['id', 'number', '7'],
    ['`two words`', 'text', 'x'],
    ['lines', 'list', ''],
    ['lines.sku', 'text', 'a'],
    ['lines.qty', 'number', '1'],
    ['none', 'null', 'null'],
  ]);
});

it('lines that differ are told from those that do not', () => {
  expect(
    lineDiff('a\nb\nc\nd', 'a\nx\nc\nd\ne').map(({ kind, text, before, after }) => [kind, text, before, after]),
  ).toEqual([
    ['same', 'a', 1, 1],
    ['removed', 'b', 2, null],
    ['added', 'x', null, 2],
    ['same', 'c', 3, 3],
    ['same', 'd', 4, 4],
    ['added', 'e', null, 5],
  ]);
  expect(lineDiff('a', 'a').every(({ kind }) => kind === 'same')).toBe(true);
});

it('values differ place by place, but not where that is ignored', () => {
  const [before, after] = [
    { a: 1, l: [1, 2], same: null, t: { x: 1 } },
    { a: '1', l: [1], same: null, t: { x: 2 }, n: {} },
  ];
  expect(jsonDifferences(before, after, ['/t']).map(({ pointer, kind }) => `${pointer} ${kind}`)).toEqual([
    '/a changed',
    '/l/1 removed',
    '/n added',
  ]);
  expect(jsonDifferences([1], { 0: 1 })).toHaveLength(1);
});

describe('a member of JSON text', () => {
  it.each([
    ['{"a": 12345678901234567.890, "b": 1}', '12345678901234567.890'],
    ['{ "x": {"a": 1}, "a" : {"b": "}\\"," } }', '{"b": "}\\"," }'],
    ['{"a":[1,[2]]}', '[1,[2]]'],
    ['{"\\u0061":"t"}', '"t"'],
    ['{"b":1}', null],
    ['{}', null],
  ])('of %s', (json, expected) => expect(memberText(json, 'a')).toBe(expected));
});

describe('a golden case', () => {
  const golden = { outcome: 'output', output: { a: 1, at: 'then' }, ignore: ['/at'] } as unknown as GoldenCase;

  it('holds where the result is the same, apart from what does not count', () => {
    expect(goldenResult(golden, { kind: 'output', output: { at: 'now', a: 1 } })).toEqual({ holds: true });
    expect(goldenResult({ ...golden, outcome: 'skipped' }, { kind: 'skipped' })).toEqual({ holds: true });
    expect(goldenResult({ ...golden, outcome: 'failed' }, { kind: 'syntax', message: 'm' })).toEqual({ holds: true });
  });

  it('does not where it differs, or where another thing comes of it', () => {
    expect(goldenResult(golden, { kind: 'output', output: { a: 2 } })).toEqual({
      holds: false,
      differences: [{ pointer: '/a', kind: 'changed', before: 1, after: 2 }],
    });
    expect(goldenResult(golden, { kind: 'waits', message: 'm' })).toEqual({
      holds: false,
      cameOutAs: 'failed',
      message: 'm',
    });
  });

  it.each(['output', 'skipped', 'failed'] as const)('of %s does not where the run was cut off', (outcome) => {
    const result = goldenResult({ ...golden, outcome }, { kind: 'cut_off', message: 'm' });
    expect(result).toEqual({ holds: false, cameOutAs: 'cut_off', message: 'm' });
  });
});

describe('what a mapping is for', () => {
  const object = { custom: false, createable: true, updateable: true };
  const objects = [
    { ...object, name: 'Account', label: 'Account' },
    { ...object, name: 'Customer', label: 'Customer' },
    { ...object, name: 'Invoice__c', label: 'Invoice' },
  ];
  const pull = [{ name: 'Account', canonical_type: 'customer' }] as Parameters<typeof objectOf>[1]['pull'];

  it.each([
    ['customer.upsert', 'Account'],
    ['Invoice__c.upsert', 'Invoice__c'],
    ['invoice.upsert', 'Invoice__c'],
    ['request.send', undefined],
  ])('%s writes %s', (operation, name) => expect(objectOf(operation, { pull }, objects)?.name).toBe(name));

  it('has a name in the address', () => {
    for (const key of ['canonical:order', 'con_1:Invoice__c.upsert']) {
      const choice = choiceOf(key);
      expect(choice === null ? null : keyOf(choice)).toBe(key);
    }
    for (const key of ['', 'x', 'canonical:', 'other:customer']) expect(choiceOf(key)).toBeNull();
  });
});
