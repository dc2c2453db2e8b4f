import { type NetSuiteAccount } from '../netsuite.account';
import { type JsonObject } from '../netsuite.context';
import { addDays, isoDate, MONTHS } from '../netsuite.time';
import { readRecord } from './input-reader';
import { createRecord } from './record-writer';
import { BUSINESS, CURRENCIES, SETUP, SUBSIDIARIES, type ListRow } from './seed-data';
import { type Fields } from './values';

const DAY_MS = 86_400_000;

/** What an administrator set up: subsidiaries, currencies, accounts, terms, periods. */
export function seedLists(account: NetSuiteAccount, index: number): void {
  const rows: readonly ListRow[] = [
    ...CURRENCIES,
    ...(SUBSIDIARIES[index] ?? []),
    ...SETUP,
    ...account.users.map(({ entityId, name }): ListRow => ['employee', entityId, { entityId: name }]),
  ];
  for (const [type, id, values] of rows) put(account, type, id, values);
  putPeriods(account);
}

/** Months from five years back to the end of next year; those up to the account's closing day are closed. */
export function putPeriods(account: NetSuiteAccount): void {
  const year = account.time.wall(account.stampMs()).year;
  let id = 0;
  for (let at = year - 5; at <= year + 1; at++) {
    for (let month = 1; month <= 12; month++) {
      const startDate = isoDate(at, month, 1);
      const endDate = addDays(month === 12 ? isoDate(at + 1, 1, 1) : isoDate(at, month + 1, 1), -1);
      const periodName = `${MONTHS[month - 1] ?? ''} ${at}`;
      const closed = endDate <= account.settings.closedThrough;
      put(account, 'accountingPeriod', String(++id), { periodName, startDate, endDate, closed, isAdjust: false });
    }
  }
}

function put(account: NetSuiteAccount, type: string, id: string, values: Fields): void {
  const stamp = account.stampMs();
  const record = { type, space: 'list' as const, id, createdMs: stamp, modifiedMs: stamp, lag: undefined };
  account.store.put({ ...record, values: { isInactive: false, ...values } });
}

/** A year in the life of a small company, made by its own people, under the rules that hold for everybody. */
export function seedRecords(account: NetSuiteAccount, index: number): void {
  const context = { account, user: account.colleague, base: '' };
  const today = account.today();
  for (const [daysAgo, typeName, body] of BUSINESS[index] ?? []) {
    const type = account.schema.required(typeName);
    const dated: JsonObject =
      type.space === 'transaction' ? { tranDate: addDays(today, -daysAgo), ...body } : { ...body };
    account.backdated(account.clock.now() - daysAgo * DAY_MS, () => {
      createRecord(context, type, readRecord(context, type, dated));
    });
  }
}
