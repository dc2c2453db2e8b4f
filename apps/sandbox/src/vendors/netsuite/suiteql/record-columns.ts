import { type ApiContext } from '../netsuite.context';
import { nameOfRef } from '../data/record-lookup';
import { type StoredRecord } from '../data/record-store';
import { isRef } from '../data/values';
import { type RecordType } from '../schema/account-schema';
import { type FieldDef } from '../schema/schema.types';
import { SqlTime, type Cell, type SqlTable, type SqlValue } from './sql.types';

export type ColumnReader<R> = (row: R) => Cell;
export const NOTHING: Cell = { value: null };

export function cellOf(value: SqlValue | undefined): Cell {
  return value === undefined ? NOTHING : { value };
}

export function tableOf<R>(
  name: string,
  columns: ReadonlyMap<string, ColumnReader<R>>,
  read: () => readonly R[],
): SqlTable {
  return {
    name,
    columns: [...columns.keys()],
    rows: () => read().map((row) => (column: string) => columns.get(column)?.(row) ?? NOTHING),
  };
}

/** The records of a type as lists and queries see them now. */
export function visibleRecords({ account }: ApiContext, type: string): StoredRecord[] {
  return account.store.visible(type, account.clock.now());
}

/** A column for each field that is one value. */
export function columnsOf(
  context: ApiContext,
  type: RecordType,
  fields: readonly FieldDef[],
): [string, ColumnReader<StoredRecord>][] {
  const simple = fields.filter(({ type: kind }) => !['sublist', 'subrecord', 'multiselect'].includes(kind));
  return [
    ['id', ({ id }) => cellOf(Number(id))],
    ...simple.map(({ name }): [string, ColumnReader<StoredRecord>] => [
      name.toLowerCase(),
      (record) => readField(context, type, record, name),
    ]),
  ];
}

/** A field's value as SuiteQL has it, with what `BUILTIN.DF` makes of it. */
export function readField({ account }: ApiContext, type: RecordType, record: StoredRecord, name: string): Cell {
  const field = type.byName.get(name);
  if (!field) return NOTHING;
  if (field.type === 'dateTime') {
    const ms = name === 'lastModifiedDate' ? record.modifiedMs : record.createdMs;
    const step = account.settings.suiteQlMinutePrecision ? 60_000 : 1_000;
    return { value: new SqlTime(Math.floor(ms / step) * step) };
  }
  const value = record.values[name];
  // A checkbox that nobody touched is not ticked.
  if (value === undefined || value === null) return field.type === 'boolean' ? { value: false } : NOTHING;
  if (isRef(value)) return { value: Number(value.id), display: nameOfRef(account, value) };
  if (typeof value === 'object') return NOTHING;
  if (field.type === 'date') return { value: new SqlTime(account.time.startOfDay(String(value))) };
  if (field.type === 'enum') {
    return { value, display: field.options?.find(({ id }) => id === value)?.refName };
  }
  return { value };
}
