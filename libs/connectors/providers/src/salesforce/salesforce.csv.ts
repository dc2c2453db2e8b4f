import { CsvError, parse } from 'csv-parse/sync';
import { isLosslessNumber } from 'lossless-json';
import { type PreparedRecord } from './salesforce.record';

/** What an empty cell cannot say: an empty one leaves the field alone. */
export const SET_NULL = '#N/A';

/** The upload of a bulk job. @param keyColumn of what names each record */
export function toCsv(keyColumn: string, records: readonly PreparedRecord[]): string {
  const columns = [...new Set(records.flatMap(({ fields }) => Object.keys(fields)))];
  const lines = [[keyColumn, ...columns].map(cell).join(',')];
  for (const { id, externalId, fields } of records) {
    const values = columns.map((column) => (Object.hasOwn(fields, column) ? cellOf(fields[column]) : ''));
    lines.push([cell(String(id ?? externalId)), ...values].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Three columns of the results of a bulk job, which repeat every column of every record. Rows that are too short for one
 * of them are left out.
 * @returns null for what is no CSV, or lacks a column
 */
export function readCsv(
  text: string,
  wanted: readonly [string, string, string],
): readonly (readonly [string, string, string])[] | null {
  const rows = cellsOf(text);
  const header = rows?.[0];
  if (rows === null || header === undefined) return null;
  const [first, second, third] = wanted.map((name) => header.indexOf(name)) as [number, number, number];
  if (first < 0 || second < 0 || third < 0) return null;
  return rows.slice(1).flatMap((row) => {
    const [one, two, three] = [row[first], row[second], row[third]];
    return one === undefined || two === undefined || three === undefined ? [] : [[one, two, three] as const];
  });
}

function cellsOf(text: string): readonly (readonly string[])[] | null {
  try {
    return parse(text, { relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

/** Of a value that {@link fitsBulk} has let through. */
function cellOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return cell(value);
  if (isLosslessNumber(value)) return value.toString();
  return typeof value === 'boolean' ? String(value) : SET_NULL;
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
