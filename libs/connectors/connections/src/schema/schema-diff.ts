import { type FieldSummary, type ObjectSummary } from '@hub/connector-sdk';
import { type Json } from '@hub/platform';

export const SCHEMA_CHANGES = [
  'object_added',
  'object_removed',
  'field_added',
  'field_removed',
  'type_changed',
  'required_changed',
  'writable_changed',
  'length_changed',
  'values_changed',
] as const;
export type SchemaChangeKind = (typeof SCHEMA_CHANGES)[number];

export interface SchemaChange {
  readonly kind: SchemaChangeKind;
  /** The vendor's name of the field, or of the object where the list of objects changed. */
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}

/** A picklist of countries has hundreds of values: the difference is told, not both lists. */
const MOST_VALUES = 100;

export function diffObjects(before: readonly ObjectSummary[], after: readonly ObjectSummary[]): SchemaChange[] {
  return compare(before, after, 'object_added', 'object_removed', () => []);
}

/** What a mapping has to know of: labels are not compared, they are for people. */
export function diffFields(before: readonly FieldSummary[], after: readonly FieldSummary[]): SchemaChange[] {
  return compare(before, after, 'field_added', 'field_removed', diffField);
}

function compare<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
  added: SchemaChangeKind,
  removed: SchemaChangeKind,
  inside: (old: T, now: T) => SchemaChange[],
): SchemaChange[] {
  const [old, now] = [byName(before), byName(after)];
  return [
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => change(removed, name, true, false)),
    ...[...now].flatMap(([name, item]) => {
      const known = old.get(name);
      return known === undefined ? [change(added, name, false, true)] : inside(known, item);
    }),
  ];
}

function diffField(old: FieldSummary, now: FieldSummary): SchemaChange[] {
  const { name } = now;
  const changes: SchemaChange[] = [];
  if (old.vendorType !== now.vendorType || old.type !== now.type)
    changes.push(change('type_changed', name, old.vendorType, now.vendorType));
  if (old.requiredOnCreate !== now.requiredOnCreate)
    changes.push(change('required_changed', name, old.requiredOnCreate, now.requiredOnCreate));
  if (old.writable !== now.writable) changes.push(change('writable_changed', name, old.writable, now.writable));
  if (old.maxLength !== now.maxLength) changes.push(change('length_changed', name, old.maxLength, now.maxLength));
  const values = diffValues(old.values, now.values);
  if (values !== null) changes.push(change('values_changed', name, values.gone, values.come));
  return changes;
}

/** Values that are no longer there, and new ones; their order means nothing. */
function diffValues(
  old: readonly string[] | null,
  now: readonly string[] | null,
): { gone: readonly string[]; come: readonly string[] } | null {
  const [before, after] = [new Set(old ?? []), new Set(now ?? [])];
  const gone = [...before].filter((value) => !after.has(value));
  const come = [...after].filter((value) => !before.has(value));
  return gone.length + come.length === 0
    ? null
    : { gone: gone.slice(0, MOST_VALUES), come: come.slice(0, MOST_VALUES) };
}

function change(kind: SchemaChangeKind, name: string, before: Json, after: Json): SchemaChange {
  return { kind, name, before, after };
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.name, item]));
}
