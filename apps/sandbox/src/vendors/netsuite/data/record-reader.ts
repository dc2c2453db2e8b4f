import { selfLink, type ApiContext } from '../netsuite.context';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef } from '../schema/schema.types';
import { nameOfRef } from './record-lookup';
import { type StoredRecord } from './record-store';
import { isRef, linesOf, numberOf, refOf, refsOf, type Fields, type FieldValue, type Ref } from './values';

export interface PrintOptions {
  /** Sublists and subrecords in full, instead of a link to them. */
  readonly expand: boolean;
  /** Only these fields; all without it. */
  readonly fields?: readonly string[];
  readonly simpleEnums: boolean;
}

export const FULL: PrintOptions = { expand: true, simpleEnums: false };

/** Addresses show type names in lower case. */
export function recordUrl({ base }: Pick<ApiContext, 'base'>, type: string, id: string): string {
  return `${base}/record/v1/${type.toLowerCase()}/${id}`;
}

/** The record as the record API shows it. Empty fields are left out. */
export function printRecord(
  context: ApiContext,
  type: RecordType,
  record: StoredRecord,
  options: PrintOptions,
): Record<string, unknown> {
  const href = recordUrl(context, type.name, record.id);
  const shown: Record<string, unknown> = { id: record.id };
  for (const field of type.fields) {
    if (options.fields && !options.fields.includes(field.name)) continue;
    if (type.offForm.has(field.name)) continue;
    const printed = printField(context, field, valueOf(record, field), `${href}/${field.name}`, options);
    if (printed !== undefined) shown[field.name] = printed;
  }
  const sorted = Object.entries(shown).sort(([left], [right]) => (left < right ? -1 : 1));
  return { ...selfLink(href), ...Object.fromEntries(sorted) };
}

function valueOf({ values, createdMs, modifiedMs }: StoredRecord, { name, type }: FieldDef): FieldValue | undefined {
  if (type !== 'dateTime') return values[name];
  return name === 'lastModifiedDate' ? modifiedMs : createdMs;
}

export function printField(
  context: ApiContext,
  field: FieldDef,
  value: FieldValue | undefined,
  href: string,
  options: PrintOptions,
): unknown {
  const isGroup = field.type === 'sublist' || field.type === 'multiselect' || field.type === 'subrecord';
  if (isGroup && (value !== undefined || field.type === 'sublist')) {
    if (!options.expand) return selfLink(href);
    if (field.type === 'subrecord') return { ...selfLink(href), ...printFields(context, field, value, href, options) };
    return { ...selfLink(href), ...printItems(context, field, value, href, options) };
  }
  if (value === undefined || value === null) return undefined;
  switch (field.type) {
    case 'reference':
      return isRef(value) ? printReference(context, value) : undefined;
    case 'enum': {
      const option = field.options?.find(({ id }) => id === value);
      return options.simpleEnums ? option?.id : option;
    }
    case 'dateTime':
      // To the minute: the recorded answers have no seconds.
      return new Date(Math.floor(Number(value) / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');
    case 'currency':
    case 'number':
      return context.account.settings.floatNoise && !Number.isInteger(value) ? Number(value) + 1e-10 : value;
    default:
      return value;
  }
}

function printReference(context: ApiContext, ref: Ref): object {
  const refName = nameOfRef(context.account, ref);
  const named = { id: ref.id, ...(refName === undefined ? {} : { refName }) };
  // Forms are no records of the REST API: nothing to link to.
  return ref.type === 'customForm' ? named : { ...selfLink(recordUrl(context, ref.type, ref.id)), ...named };
}

/** The lines of a sublist, or the records of a multiple choice, in full. */
export function printItems(
  context: ApiContext,
  field: FieldDef,
  value: FieldValue | undefined,
  href: string,
  options: PrintOptions,
): { items: object[]; totalResults: number } {
  const holder = value === undefined ? {} : { [field.name]: value };
  const items =
    field.type === 'multiselect'
      ? refsOf(holder, field.name).map((ref) => printReference(context, ref))
      : linesOf(holder, field.name).map((line) => {
          const lineHref = `${href}/${lineKeyOf(field, line)}`;
          return { ...selfLink(lineHref), ...printFields(context, field, line, lineHref, options) };
        });
  return { items, totalResults: items.length };
}

export function printFields(
  context: ApiContext,
  field: FieldDef,
  value: FieldValue | undefined,
  href: string,
  options: PrintOptions,
): Record<string, unknown> {
  const values = (value ?? {}) as Fields;
  const shown: Record<string, unknown> = {};
  for (const inner of field.fields ?? []) {
    const printed = printField(context, inner, values[inner.name], `${href}/${inner.name}`, options);
    if (printed !== undefined) shown[inner.name] = printed;
  }
  return shown;
}

/** What stands for a line in its address. */
export function lineKeyOf({ lineKey = [] }: FieldDef, line: Fields): string {
  const part = (name: string): string => refOf(line, name)?.id ?? String(numberOf(line, name) ?? '');
  const [only = '', ...more] = lineKey;
  return more.length === 0 ? part(only) : lineKey.map((name) => `${name.toLowerCase()}=${part(name)}`).join(',');
}
