import { type JsonObject } from '@hub/platform';
import {
  ACCOUNT,
  CONNECTION,
  CUSTOMER,
  golden,
  LINES,
  link,
  NEW,
  WRITTEN,
  WRITTEN_LINES,
  type Cases,
} from './netsuite.golden-outbound';

const SALE_ID = '006dM00001wBXYDQA4';
const SALE: JsonObject = {
  id: SALE_ID,
  name: 'Deal',
  customer_id: ACCOUNT,
  stage: 'Closed Won',
  won: true,
  closed: true,
  close_date: '2028-02-29',
  currency: 'USD',
  amount: { amount: '2.3', currency: 'USD' },
  lines: LINES,
  memo: null,
  customer: CUSTOMER,
};
const sold = (type: 'invoice' | 'order', items: JsonObject[]): JsonObject => ({
  externalId: `${CONNECTION}-${type}-${SALE_ID}`,
  entity: { id: '107' },
  currency: { symbol: 'USD' },
  tranDate: '2028-02-29',
  memo: 'Deal',
  item: { items },
  _link: { type, id: SALE_ID },
});
const SALE_LINKS = [link('customer', ACCOUNT, '107'), link('product', '01t1', '21')];

export const NETSUITE_SALE_CASES: Cases = {
  'sale-customer': [
    golden('a new customer', SALE, { ...NEW, ...WRITTEN, _link: { type: 'customer', id: ACCOUNT } }),
    golden('linked', SALE, { id: '107', ...WRITTEN, _link: { type: 'customer', id: ACCOUNT } }, SALE_LINKS),
  ],
  'sale-invoice': [
    golden('with products', SALE, sold('invoice', WRITTEN_LINES), SALE_LINKS),
    golden(
      'without products: one line with the amount',
      { ...SALE, lines: [] },
      sold('invoice', [
        { price: { id: '-1' }, description: 'Opportunity Deal', quantity: '1', rate: '2.3', amount: '2.3' },
      ]),
      SALE_LINKS,
    ),
  ],
  'sale-order': [golden('with products', SALE, sold('order', WRITTEN_LINES), SALE_LINKS)],
};
