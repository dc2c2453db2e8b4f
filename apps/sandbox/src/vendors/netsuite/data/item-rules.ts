import { type NetSuiteAccount } from '../netsuite.account';
import { rejectRecord } from '../netsuite.errors';
import { type RecordType } from '../schema/account-schema';
import { ITEM_TYPES } from '../schema/transactions';
import { type StoredRecord } from './record-store';
import { linesOf, numberOf, refOf, textOf, type Fields } from './values';

export function finishItem(
  account: NetSuiteAccount,
  type: RecordType,
  values: Fields,
  before: StoredRecord | undefined,
): Fields {
  const itemId = textOf(values, 'itemId');
  for (const kind of itemId === undefined ? [] : ITEM_TYPES) {
    const owner = account.store.findByKey(kind, 'itemId', itemId ?? '');
    if (owner && !(kind === type.name && owner.id === before?.id)) {
      rejectRecord('DUP_ITEM', 'Uniqueness error - a record with the same item name already exists.');
    }
  }
  return values;
}

/** The item's price at a level for one piece, in a currency; `undefined` when the item has none there. */
export function priceOf(item: Fields, levelId: string, currencyId: string): number | undefined {
  const line = linesOf(item, 'price').find(
    (candidate) =>
      refOf(candidate, 'priceLevel')?.id === levelId &&
      refOf(candidate, 'currencyPage')?.id === currencyId &&
      (candidate.quantity ?? 0) === 0,
  );
  return line && numberOf(line, 'price');
}
