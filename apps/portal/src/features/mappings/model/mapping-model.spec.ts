import fc from 'fast-check';
import jsonata from 'jsonata';
import { membersOf, removeMember, setMember } from './mapping-edits';
import { readMapping, type MappingModel, type Unreadable } from './mapping-object';
import { readValue, writeValue, type AstNode, type SimpleValue } from './simple-value';
import { TRANSFORMS, type Constant } from './transforms';

const parse = (source: string): AstNode => jsonata(source).ast() as unknown as AstNode;
const modelOf = (source: string): MappingModel => {
  const model = readMapping(source, parse);
  if (typeof model === 'string') throw new Error(`${model}: ${source}`);
  return model;
};
const kindsOf = (source: string): string[] =>
  membersOf(modelOf(source).object).map(({ path, member }) => `${path.join('.')}: ${member.value.kind}`);
const set = (source: string, path: string, written: string): string | null =>
  setMember(source, modelOf(source).object, path.split('.'), written);
const remove = (source: string, path: string): string => removeMember(source, modelOf(source).object, path.split('.'));

const SOURCE = `(
  /* who: "a", {b} */
  $rate := amount / 2 / 3;
  $merge([$key, {
    "Name": $truncate($required(customer.name, "name"), 255), /* at most */
    "Key, \\"quoted\\"": 'it''s',
    "Match": $contains(note, /[,":]+\\/{1,2}/i) ? {"no": 1} : "{,",
    "Address": {
      "City": billing.city,
      "Lines": lines[qty > 1].{ "Sku": sku, "Each": price }
    },
    "Paid": true
  }])
)`.replace("'it''s'", '"it\'s"');

describe('fields of a mapping', () => {
  it('are found wherever the object is, with all that is no field left as an expression', () => {
    expect(kindsOf(SOURCE)).toEqual([
      'Name: simple',
      'Key, "quoted": simple',
      'Match: expression',
      'Address.City: simple',
      'Address.Lines: expression',
      'Paid: simple',
    ]);
    expect(modelOf(SOURCE).isWhole).toBe(false);
    expect(modelOf('({"a": b})').isWhole).toBe(true);
    expect(kindsOf('$x ? $skip("no") : {"a": $event.id}')).toEqual(['a: simple']);
    expect(kindsOf('{}')).toEqual([]);
  });

  it.each<[string, Unreadable]>([
    ['{"a": ', 'syntax'],
    ['name', 'no_object'],
    ['$map(lines, function($l) { {"a": $l} })', 'no_object'],
    ['{name: 1}', 'no_object'],
  ])('are none in %s', (source, reason) => expect(readMapping(source, parse)).toBe(reason));

  it('are changed alone: every other letter stays', () => {
    const changed = set(SOURCE, 'Address.City', '$trim(city)');
    expect(changed).toBe(SOURCE.replace('billing.city', '$trim(city)'));
    expect(set(SOURCE, 'Match', '1')).toBe(SOURCE.replace(/\$contains.*"\{,"/, '1'));
    expect(set(SOURCE, 'Paid.Deep', '1')).toBeNull();
  });

  it('are added behind the last one, in objects of their own where the path asks for it', () => {
    expect(set(SOURCE, 'New', 'x')).toBe(SOURCE.replace('"Paid": true', '"Paid": true,\n    "New": x'));
    expect(set(SOURCE, 'Address.Zip', 'zip')).toBe(SOURCE.replace('price }', 'price },\n      "Zip": zip'));
    expect(set('{"a": 1}', 'b.c', '2')).toBe('{"a": 1, "b": { "c": 2 }}');
    expect(set('{}', 'a', '1')).toBe('{\n  "a": 1\n}');
    expect(set('{ /* none */ }', 'a', '1')).toContain('/* none */');
  });

  it('are removed with their comma', () => {
    expect(remove('{"a": 1, "b": 2}', 'a')).toBe('{ "b": 2}');
    expect(remove('{"a": 1, "b": 2}', 'b')).toBe('{"a": 1 }');
    expect(remove('{"a": 1}', 'a')).toBe('{}');
    expect(remove('{\n  "a": 1, /* one */\n  "b": 2\n}', 'b')).toBe('{\n  "a": 1 /* one */\n}');
    expect(remove(SOURCE, 'Paid')).not.toContain('Paid');
    expect(kindsOf(remove(SOURCE, 'Address.City'))).not.toContain('Address.City: simple');
    expect(kindsOf(remove('{"o": {"x": 1}, "b": 2}', 'o.x'))).toEqual(['b: simple']);
    expect(remove(SOURCE, 'Name')).toContain('/* at most */');
  });
});

describe('simple values', () => {
  it.each([
    'a.b.c',
    '$event.source',
    '`two words`.`in`',
    '-12.5',
    'null',
    '"a \\"b\\" \\\\ c"',
    '$lookupTable("units", $trim(unit), "EA")',
    '$linkRequired("customer", AccountId, "quickbooks")',
    '$formatDate(at, "dd/MM", "Europe/Berlin")',
  ])('%s is read and written as it was', (source) => {
    const value = readValue(parse(source));
    expect(value).not.toBeNull();
    expect(writeValue(value as SimpleValue)).toBe(source);
  });

  it.each([
    'a[0]',
    'a & b',
    '$trim()',
    '$trim(a, b)',
    '$truncate(a, n)',
    '$unknown(a)',
    'a.$trim()',
    '$',
    'a^(b)',
    'a{b: c}',
  ])('%s is left to the code', (source) => expect(readValue(parse(source))).toBeNull());

  it('come back as they went, whatever they hold', () => {
    fc.assert(
      fc.property(simple, (value) => {
        expect(readValue(parse(writeValue(value)))).toEqual(value);
      }),
    );
  });

  it('in a mapping change nothing but themselves', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, simple), { maxLength: 6 }), name, simple, (members, added, value) => {
        const given = new Map(members);
        let source = '(\n  /* kept */ $x := 1;\n  {"odd": $x + 1, "nested": {"q": a}}\n)';
        for (const [path, one] of given) source = set(source, path, writeValue(one)) ?? source;
        const after = set(source, added, writeValue(value)) ?? '';
        const values = new Map(
          membersOf(modelOf(after).object).map(({ path, member }) => [path.join('.'), member.value]),
        );
        expect(after).toContain('/* kept */');
        expect(values.get('odd')).toEqual({ kind: 'expression' });
        for (const [path, one] of new Map([...given, [added, value]]))
          expect(values.get(path)).toEqual({ kind: 'simple', value: one });
        expect(set(after, 'odd', '$x + 1')).toBe(after);
        if (!given.has(added)) expect(kindsOf(remove(after, added))).toEqual(kindsOf(source));
      }),
      { numRuns: 60 },
    );
  });
});

const plain = fc.string({ unit: 'grapheme', maxLength: 12 });
/** As keys of the mapping, apart from those that it begins with and without dots, which lead into objects. */
const name = fc.stringMatching(/^[A-Z][\w ,{}:"'/*-]{0,8}$/);
const constant: fc.Arbitrary<Constant> = fc.oneof(plain, fc.integer(), fc.boolean(), fc.constant(null));
const segment = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/[`$]/.test(text));
const step = fc
  .constantFrom(...TRANSFORMS)
  .chain(({ name: of, before, after }) =>
    fc
      .array(constant, { minLength: before.length + after.length, maxLength: before.length + after.length })
      .map((args) => ({ name: of, args })),
  );
const simple: fc.Arbitrary<SimpleValue> = fc.oneof(
  constant.map((value) => ({ kind: 'constant' as const, value })),
  fc.record({
    kind: fc.constant('field' as const),
    path: fc.array(segment, { minLength: 1, maxLength: 4 }),
    steps: fc.array(step, { maxLength: 3 }),
  }),
);
