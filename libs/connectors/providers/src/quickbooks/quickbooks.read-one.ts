import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type Body, type QuickBooksClient } from './quickbooks.client';
import { type Entity } from './quickbooks.entities';
import { UNREADABLE_ANSWER } from './quickbooks.errors';
import { isMembers } from './quickbooks.record';

/** A query misses what was written a moment ago; asking for the record itself does not. That many, because each is a call. */
export const MOST_SINGLE_READS = 20;

type Reader = Parameters<QuickBooksClient['read']>[0] extends (quickBooks: infer Q, done: infer D) => void
  ? (quickBooks: Q, id: string, done: D) => void
  : never;

const READERS: Readonly<Record<Entity, Reader>> = {
  Customer: (quickBooks, id, done) => quickBooks.getCustomer(id, done),
  Vendor: (quickBooks, id, done) => quickBooks.getVendor(id, done),
  Item: (quickBooks, id, done) => quickBooks.getItem(id, done),
  Invoice: (quickBooks, id, done) => quickBooks.getInvoice(id, done),
  Payment: (quickBooks, id, done) => quickBooks.getPayment(id, done),
};

/** What the vendor says of a record that it does not have; a page of a proxy that says 404 is no word of the vendor's. */
const ABSENT = '610';

/** @returns null where the vendor says that it has none by this id. */
export async function readOne(
  client: QuickBooksClient,
  entity: Entity,
  id: string,
): Promise<Result<Body | null, ConnectorError>> {
  const { result } = await client.read((quickBooks, done) => READERS[entity](quickBooks, id, done));
  if (!result.ok) {
    const { category, code } = result.error;
    if (category !== 'not_found') return result;
    return code === ABSENT ? ok(null) : err({ ...result.error, category: 'transient' });
  }
  const found = result.value[entity];
  return isMembers(found) ? ok(found) : err(UNREADABLE_ANSWER);
}
