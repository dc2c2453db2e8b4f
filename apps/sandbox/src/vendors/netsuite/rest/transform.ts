import { readRecord } from '../data/input-reader';
import { requireRecord } from '../data/record-lookup';
import { type StoredRecord } from '../data/record-store';
import { createRecord, updateRecord } from '../data/record-writer';
import { linesOf, type Fields, type FieldValue } from '../data/values';
import { allowParameters, isObject, requireWritable, type ApiContext } from '../netsuite.context';
import { reject, rejectRecord } from '../netsuite.errors';
import { written, type ApiHandler } from './records';

/** Fields that an invoice takes over from its order. */
const CARRIED = [
  'entity',
  'currency',
  'exchangeRate',
  'memo',
  'otherRefNum',
  'terms',
  'email',
  'department',
  'class',
  'location',
  'billingAddress',
  'shippingAddress',
  'custbody_sf_opportunity_id',
];

/** `POST /{type}/{id}/!transform/{target}`: a new record made from an old one; the body may say otherwise. */
export const transform: ApiHandler = (context, { query, body }, { type: name = '', id = '', target = '' }) => {
  allowParameters(query, []);
  const from = requireWritable(context, name);
  const to = requireWritable(context, target);
  const source = requireRecord(context, from, id);
  const derived = derive(context, source, to.name);
  if (!derived)
    reject(400, 'INVALID_PARAMETER', `Transformation from '${from.name}' to '${to.name}' is not supported.`);
  const made = createRecord(context, to, derived);
  // The body is a change to what the transformation makes: its lines are merged into those of the source.
  const created = isObject(body) ? updateRecord(context, to, made, readRecord(context, to, body)) : made;
  if (from.name === 'salesOrder') {
    const order = { ...source, values: { ...source.values, status: 'SalesOrd:G' } };
    context.account.store.put(order);
    updateRecord(context, from, order, {});
  }
  return written(context, created);
};

function derive({ account }: ApiContext, { type, id, values }: StoredRecord, target: string): Fields | undefined {
  if (type === 'salesOrder' && target === 'invoice') {
    if (values.status === 'SalesOrd:G') rejectRecord('INVALID_INITIALIZE_REF', 'The sales order is already billed.');
    const carried = CARRIED.map((name): [string, FieldValue | undefined] => [name, values[name]]);
    const kept = carried.filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(kept), createdFrom: { type, id }, item: linesOf(values, 'item') };
  }
  if (type === 'invoice' && target === 'customerPayment') {
    if (values.status === 'CustInvc:B') rejectRecord('INVALID_INITIALIZE_REF', 'The invoice is already paid in full.');
    const amount = values.amountRemaining ?? 0;
    const apply = [{ doc: { type, id }, apply: true, amount }];
    return { customer: values.entity, currency: values.currency, payment: amount, apply };
  }
  if (type === 'customer' && (target === 'invoice' || target === 'salesOrder')) return { entity: { type, id } };
  if (type === 'customer' && target === 'customerPayment') {
    return { customer: { type, id }, currency: account.store.get(type, id)?.values.currency };
  }
  return undefined;
}
