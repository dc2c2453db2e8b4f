import { type NetSuiteAccount } from '../netsuite.account';
import { formatTime, parseTime } from './time-format';
import { rejectUnsupported, SqlTime, type SqlValue } from './sql.types';

const AGGREGATES = new Set(['COUNT', 'SUM', 'MIN', 'MAX', 'AVG']);

export function isAggregate(name: string): boolean {
  return AGGREGATES.has(name);
}

/** @throws Rejection 400 for an unknown function, or arguments it does not take */
export function callFunction(account: NetSuiteAccount, name: string, args: readonly SqlValue[]): SqlValue {
  const [first = null, second = null, third = null] = args;
  switch (name) {
    case 'SYSDATE':
    case 'CURRENT_TIMESTAMP':
      return new SqlTime(account.stampMs());
    case 'CURRENT_DATE':
      return new SqlTime(account.time.startOfDay(account.today()));
    case 'TO_CHAR':
      return toChar(account, first, second);
    case 'TO_DATE':
    case 'TO_TIMESTAMP':
      return toTime(account, first, second);
    case 'TO_NUMBER':
      return first === null ? null : finite(Number(first));
    case 'TRUNC':
      return trunc(account, first);
    case 'NVL':
    case 'COALESCE':
      return args.find((value) => value !== null) ?? null;
    case 'UPPER':
      return first === null ? null : text(first).toUpperCase();
    case 'LOWER':
      return first === null ? null : text(first).toLowerCase();
    case 'TRIM':
      return first === null ? null : text(first).trim();
    case 'LENGTH':
      return first === null ? null : text(first).length;
    case 'SUBSTR':
      return first === null ? null : substr(text(first), Number(second), third === null ? undefined : Number(third));
    case 'CONCAT':
      return args.map((value) => (value === null ? '' : text(value))).join('');
    case 'ABS':
      return first === null ? null : finite(Math.abs(Number(first)));
    case 'ROUND':
      return first === null ? null : finite(Number(Number(first).toFixed(Number(second ?? 0))));
    default:
      return rejectUnsupported();
  }
}

function toChar(account: NetSuiteAccount, value: SqlValue, format: SqlValue): SqlValue {
  if (value === null) return null;
  if (!(value instanceof SqlTime)) return format === null ? text(value) : rejectUnsupported();
  if (format === null) return account.time.formatDate(value.ms);
  return typeof format === 'string' ? formatTime(account.time, value.ms, format) : rejectUnsupported();
}

function toTime(account: NetSuiteAccount, value: SqlValue, format: SqlValue): SqlValue {
  if (value === null) return null;
  if (typeof value !== 'string') return rejectUnsupported();
  if (format === null) return new SqlTime(account.time.parse(value)?.ms ?? rejectUnsupported());
  return typeof format === 'string' ? new SqlTime(parseTime(account.time, value, format)) : rejectUnsupported();
}

function trunc(account: NetSuiteAccount, value: SqlValue): SqlValue {
  if (value instanceof SqlTime) return new SqlTime(account.time.startOfDay(account.time.isoDate(value.ms)));
  return value === null ? null : finite(Math.trunc(Number(value)));
}

function substr(value: string, from: number, length: number | undefined): string {
  const start = from < 0 ? value.length + from : Math.max(0, from - 1);
  return value.slice(start, length === undefined ? undefined : start + length);
}

function text(value: SqlValue): string {
  if (value instanceof SqlTime) return rejectUnsupported();
  return typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : rejectUnsupported();
}
