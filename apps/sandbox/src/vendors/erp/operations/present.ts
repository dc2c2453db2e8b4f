import { isRow, type FeedEntry } from '../data/change-feed';
import { type EntityType, type Row, type Tombstone } from '../data/erp-store';
import { printStamp } from '../data/local-time';
import { type ErpSettings } from '../erp.settings';
import { isFields, type FieldValue, type Fields } from '../schema/contract.types';

const NUMBERS = new Set(['CreditLimit', 'Qty', 'UnitPrice', 'LineAmount', 'Total', 'OpenAmount', 'Amount']);
const KEYS = new Set(['CustNo', 'InvoiceNo', 'PaymentNo', 'ItemCode']);
const FLAGS: Readonly<Record<ErpSettings['boolean_format'], readonly [yes: string, no: string]>> = {
  'Y/N': ['Y', 'N'],
  'J/N': ['J', 'N'],
  '1/0': ['1', '0'],
  '-1/0': ['-1', '0'],
};

/** A row as this system prints it, with its habits. `Paid` is internal and not in the contract. */
export function presentRow(settings: ErpSettings, { entity, fields, rowVersion, modifiedMs }: Row): Fields {
  const { Paid: _paid, ...shown } = fields;
  return {
    ...presentFields(settings, withEmptyDates(settings, entity, shown)),
    RowVersion: String(rowVersion),
    ModifiedOn: printStamp(modifiedMs, settings),
  };
}

function presentDeleted(settings: ErpSettings, { entity, key, modifiedMs }: Tombstone): Fields {
  return { EntityType: entity, Key: padded(settings, key), DeletedOn: printStamp(modifiedMs, settings) };
}

export function presentEntries(settings: ErpSettings, entity: EntityType, entries: readonly FeedEntry[]): Fields {
  return {
    [entity]: entries.filter(isRow).map((row) => presentRow(settings, row)),
    Deleted: entries.filter((entry): entry is Tombstone => !isRow(entry)).map((gone) => presentDeleted(settings, gone)),
  };
}

export function padded({ padded_keys }: ErpSettings, key: string): string {
  return key.padEnd(padded_keys);
}

function withEmptyDates({ empty_date }: ErpSettings, entity: EntityType, fields: Fields): Fields {
  const isUnset = entity === 'Invoice' && (fields.DueDate ?? '') === '';
  return isUnset && empty_date !== 'omit' ? { ...fields, DueDate: empty_date } : fields;
}

function presentFields(settings: ErpSettings, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, present(settings, name, value)]],
    ),
  );
}

function present(settings: ErpSettings, name: string, value: FieldValue): FieldValue {
  if (value === null) return null;
  if (isFields(value)) return presentFields(settings, value);
  if (typeof value !== 'string') return value.map((item) => present(settings, name, item));
  if (NUMBERS.has(name)) return printNumber(value, settings.number_format);
  if (KEYS.has(name)) return padded(settings, value);
  if (name === 'Blocked') return FLAGS[settings.boolean_format][value === 'Y' ? 0 : 1];
  return value;
}

function printNumber(plain: string, format: ErpSettings['number_format']): string {
  if (format === 'plain') return plain;
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d*?)0*)?$/.exec(plain) ?? [];
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, format === 'german' ? '.' : ' ');
  return `${sign}${grouped},${fraction.padEnd(2, '0')}`;
}
