import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { diffFields, diffObjects } from './schema-diff';

const field = (name: string, change: Partial<FieldSummary> = {}): FieldSummary => ({
  name,
  label: name,
  type: 'string',
  vendorType: 'text',
  requiredOnCreate: false,
  writable: true,
  externalId: false,
  maxLength: 80,
  values: null,
  ...change,
});
const object = (name: string): ObjectSummary => ({
  name,
  label: name,
  custom: false,
  createable: true,
  updateable: true,
});

describe('what has changed between two descriptions', () => {
  it('is nothing when only labels and order have', () => {
    const before = [field('a', { values: ['x', 'y'] }), field('b')];
    const after = [field('b', { label: 'B' }), field('a', { values: ['y', 'x'] })];
    expect(diffFields(before, after)).toEqual([]);
  });

  it('names each difference that a mapping has to know of', () => {
    const before = [
      field('gone'),
      field('same'),
      field('changed', { type: 'picklist', vendorType: 'picklist', values: ['x', 'y'] }),
    ];
    const after = [
      field('same'),
      field('changed', {
        vendorType: 'textarea',
        requiredOnCreate: true,
        writable: false,
        maxLength: null,
        values: ['y', 'z'],
      }),
      field('new'),
    ];
    expect(diffFields(before, after)).toEqual([
      { kind: 'field_removed', name: 'gone', before: true, after: false },
      { kind: 'type_changed', name: 'changed', before: 'picklist', after: 'textarea' },
      { kind: 'required_changed', name: 'changed', before: false, after: true },
      { kind: 'writable_changed', name: 'changed', before: true, after: false },
      { kind: 'length_changed', name: 'changed', before: 80, after: null },
      { kind: 'values_changed', name: 'changed', before: ['x'], after: ['z'] },
      { kind: 'field_added', name: 'new', before: false, after: true },
    ]);
  });

  it('is told of objects too', () => {
    expect(diffObjects([object('A'), object('B')], [object('B'), object('C')])).toEqual([
      { kind: 'object_removed', name: 'A', before: true, after: false },
      { kind: 'object_added', name: 'C', before: false, after: true },
    ]);
  });
});
