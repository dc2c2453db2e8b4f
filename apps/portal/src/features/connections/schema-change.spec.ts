import { changeInWords, type OneChange } from './schema-change';

describe('a change at the vendor in words', () => {
  it.each<[OneChange['kind'], unknown, unknown, string]>([
    ['object_added', false, true, 'Fax is new'],
    ['object_removed', true, false, 'Fax is gone'],
    ['field_added', false, true, 'Fax is new'],
    ['field_removed', true, false, 'Fax is gone'],
    ['type_changed', 'string', 'picklist', 'Fax: type string → picklist'],
    ['required_changed', false, true, 'Fax is now required'],
    ['required_changed', true, false, 'Fax is no longer required'],
    ['writable_changed', false, true, 'Fax can now be written'],
    ['writable_changed', true, false, 'Fax can no longer be written'],
    ['length_changed', 80, 40, 'Fax: length 80 → 40'],
    ['length_changed', null, 40, 'Fax: length no limit → 40'],
    ['values_changed', ['A', 'B'], [], 'Fax: no longer A, B'],
    ['values_changed', [], ['C'], 'Fax: now also C'],
    ['values_changed', ['A'], ['C'], 'Fax: no longer A; Fax: now also C'],
  ])('%s from %j to %j', (kind, before, after, said) => {
    expect(changeInWords({ kind, name: 'Fax', before, after })).toBe(said);
  });
});
