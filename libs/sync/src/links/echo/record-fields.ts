import { parse, LosslessNumber } from 'lossless-json';
import { pointerToken } from '@hub/platform';
import { exactToken, hashOf, type Leaf } from './value-tokens';

/**
 * Leaves of a record by JSON Pointer. A list also has the leaf `<pointer>/-`, its length. What is null is left out: vendors
 * differ in whether they send it.
 */
export type RecordFields = ReadonlyMap<string, Leaf>;

/** Hashes of a record's leaves, small enough for a row. A member of very many leaves is one hash, under `*` and its name. */
export type FieldHashes = { readonly [pointer: string]: string };

const MOST_HASHES = 500;
/** A record that cannot be taken apart is one leaf. */
const WHOLE = '';

/**
 * @param volatileFields members, or paths like `MetaData.LastUpdatedTime`, that change by themselves.
 * @param keepNull a payload's null is an order to clear the field; a record's null says nothing.
 */
export function fieldsOf(dataText: string, volatileFields: readonly string[], keepNull = false): RecordFields {
  const fields = new Map<string, Leaf>();
  const skipped = volatilePointers(volatileFields);
  try {
    collect(parse(dataText, null, { onDuplicateKey: ({ newValue }) => newValue }), '', fields, skipped);
  } catch {
    // No JSON, or nested beyond the stack: told apart as a whole or not at all.
    return new Map([[WHOLE, { kind: 'text', text: dataText }]]);
  }
  if (!keepNull) for (const [pointer, leaf] of fields) if (leaf.kind === 'nothing') fields.delete(pointer);
  return fields;
}

export function hashesOf(fields: RecordFields): FieldHashes {
  if (fields.size <= MOST_HASHES) return hashed([...fields]);
  const members = new Map<string, [string, Leaf][]>();
  for (const [pointer, leaf] of fields) {
    const member = memberOf(pointer);
    members.set(member, [...(members.get(member) ?? []), [pointer, leaf]]);
  }
  if (members.size > MOST_HASHES) return { [`*${WHOLE}`]: foldedHash([...fields]) };
  let left = fields.size;
  const folded: Record<string, string> = {};
  for (const [member, leaves] of [...members].sort(([, a], [, b]) => b.length - a.length)) {
    if (left <= MOST_HASHES) break;
    folded[`*${member}`] = foldedHash(leaves);
    left -= leaves.length - 1;
    members.delete(member);
  }
  return { ...hashed([...members.values()].flat()), ...folded };
}

/** Pointers at which the fields are no longer what was hashed, in both directions. Those of a folded member read `*`. */
export function differences(before: FieldHashes, now: RecordFields): string[] {
  const folds = Object.keys(before).filter((key) => key.startsWith('*'));
  const whole = folds.includes(`*${WHOLE}`);
  const foldedMembers = new Set(folds.map((key) => key.slice(1)));
  const isFolded = (pointer: string): boolean => whole || foldedMembers.has(memberOf(pointer));
  const different = folds.filter((key) => {
    const leaves = [...now].filter(([pointer]) => whole || memberOf(pointer) === key.slice(1));
    return before[key] !== foldedHash(leaves);
  });
  for (const [pointer, leaf] of now)
    if (!isFolded(pointer) && before[pointer] !== hashOf(exactToken(leaf))) different.push(pointer);
  for (const pointer of Object.keys(before)) if (!pointer.startsWith('*') && !now.has(pointer)) different.push(pointer);
  return different;
}

function collect(value: unknown, pointer: string, fields: Map<string, Leaf>, skipped: ReadonlySet<string>): void {
  if (skipped.has(pointer)) return;
  if (Array.isArray(value)) {
    fields.set(`${pointer}/-`, { kind: 'length', items: value.length });
    value.forEach((item, index) => collect(item, `${pointer}/${index}`, fields, skipped));
  } else if (value instanceof LosslessNumber) fields.set(pointer, { kind: 'number', digits: value.value });
  else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0 && pointer !== '') fields.set(pointer, { kind: 'empty object' });
    for (const [name, member] of members) collect(member, `${pointer}/${pointerToken(name)}`, fields, skipped);
  } else fields.set(pointer, plainLeaf(value));
}

function plainLeaf(value: unknown): Leaf {
  if (typeof value === 'string') return { kind: 'text', text: value };
  return typeof value === 'boolean' ? { kind: 'boolean', value } : { kind: 'nothing' };
}

function volatilePointers(names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => [`/${pointerToken(name)}`, `/${name.split('.').map(pointerToken).join('/')}`]),
  );
}

function memberOf(pointer: string): string {
  return pointer.split('/')[1] ?? WHOLE;
}

function hashed(leaves: readonly (readonly [string, Leaf])[]): FieldHashes {
  return Object.fromEntries(leaves.map(([pointer, leaf]) => [pointer, hashOf(exactToken(leaf))]));
}

function foldedHash(leaves: readonly (readonly [string, Leaf])[]): string {
  const lines = leaves.map(([pointer, leaf]) => JSON.stringify([pointer, exactToken(leaf)])).sort();
  return hashOf(`f${lines.join('\n')}`);
}
