import { type JsonObject } from '@hub/platform';
import { type Entity } from './erp.contract';
import { KEY_OF, stringOf } from './erp.record';
import { type ErpSettings } from './erp.settings';

/** What names a document: its number, and the fiscal year where numbers start again with it. */
export interface DocumentId {
  readonly number: string;
  readonly year: string | null;
}

type Numbering = Pick<ErpSettings, 'yearlyNumbersFrom'>;

/** The record's id in the hub; null where it has no number. */
export function idOfRecord(entity: Entity, record: JsonObject, numbering: Numbering): string | null {
  const number = stringOf(record, KEY_OF[entity]);
  return number === null ? null : idOf(entity, number, stringOf(record, 'InvDate'), numbering);
}

/** `000123`; of an invoice in a system that numbers by year, `2026/00000041`. */
export function idOf(
  entity: Entity,
  number: string,
  date: string | null,
  { yearlyNumbersFrom }: Numbering,
): string | null {
  const key = number.trimEnd();
  if (entity !== 'Invoice' || yearlyNumbersFrom === null) return key;
  return date === null ? null : `${fiscalYear(date, yearlyNumbersFrom)}/${key}`;
}

export function documentIdOf(id: string, { yearlyNumbersFrom }: Numbering): DocumentId {
  const [, year, number] = /^(\d{4})\/(.+)$/.exec(id) ?? [];
  return yearlyNumbersFrom === null || year === undefined || number === undefined
    ? { number: id, year: null }
    : { number, year };
}

/** Named by the calendar year in which it begins. */
function fiscalYear(date: string, firstMonth: number): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  return String(month < firstMonth ? year - 1 : year).padStart(4, '0');
}
