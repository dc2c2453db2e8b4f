import Big from 'big.js';
import { type FourSystems, VENDORS, type Vendor, type VendorRow } from '../../support/four-systems';
import { accept, addRoute, eventWhen, settled, unique, type EventView } from '../../support/staged-hub';

interface Sale {
  readonly customer: string;
  /** What the lines add up to is not theirs to say: the vendor counts. */
  readonly lines: readonly string[];
  readonly total: string;
  readonly date: string;
  /** Of a vendor that has others than its own. */
  readonly currency?: 'JPY';
}

interface Shape {
  readonly customer: { readonly operation: string; readonly kind: string; name(row: VendorRow): unknown };
  readonly sale: { readonly operation: string; readonly kind: string };
  customerOf(name: string, key: string, currency?: string): object;
  saleOf(sale: Sale, key: string): object;
  idOf(row: VendorRow): unknown;
  read(row: VendorRow): { total: string; date: unknown };
}

const line = (amount: string, index: number): object => ({
  LineNo: index + 1,
  Qty: '1',
  UnitPrice: amount,
  LineAmount: amount,
});
/** Without zeros that say nothing; never by way of a double. */
const decimal = (value: unknown): string => new Big(String(value)).toFixed();

/** A name, and a sale of amounts on a day, in each vendor's own words: what a mapping would send. */
const SHAPES: Readonly<Record<Vendor, Shape>> = {
  salesforce: {
    customer: { operation: 'Account.upsert', kind: 'Account', name: ({ Name }) => Name },
    sale: { operation: 'Opportunity.upsert', kind: 'Opportunity' },
    customerOf: (name, key, currency) => ({
      Hub_Id__c: key,
      Name: name,
      ...(currency === undefined ? {} : { CurrencyIsoCode: currency }),
    }),
    saleOf: ({ total, date, currency }, key) => ({
      Hub_Id__c: key,
      ...(currency === undefined ? {} : { CurrencyIsoCode: currency }),
      Name: 'Sale',
      StageName: 'Prospecting',
      CloseDate: date,
      Amount: Number(total),
    }),
    idOf: ({ Id }) => Id,
    read: ({ Amount, CloseDate }) => ({ total: decimal(Amount), date: CloseDate }),
  },
  quickbooks: {
    customer: { operation: 'customer.upsert', kind: 'Customer', name: ({ DisplayName }) => DisplayName },
    sale: { operation: 'invoice.upsert', kind: 'Invoice' },
    customerOf: (name, _key, currency) => ({
      DisplayName: name,
      ...(currency === undefined ? {} : { CurrencyRef: { value: currency } }),
    }),
    saleOf: ({ customer, lines, date, currency }) => ({
      CustomerRef: { value: customer },
      ...(currency === undefined ? {} : { CurrencyRef: { value: currency } }),
      TxnDate: date,
      Line: lines.map((amount) => ({
        DetailType: 'SalesItemLineDetail',
        Amount: amount,
        SalesItemLineDetail: { Qty: '1', UnitPrice: amount },
      })),
    }),
    idOf: ({ Id }) => Id,
    read: ({ TotalAmt, TxnDate }) => ({ total: decimal(TotalAmt), date: TxnDate }),
  },
  netsuite: {
    customer: { operation: 'customer.upsert', kind: 'customer', name: ({ companyName }) => companyName },
    sale: { operation: 'invoice.upsert', kind: 'invoice' },
    customerOf: (name, key, currency) => ({
      externalId: key,
      companyName: name,
      ...(currency === undefined ? {} : { currency: { symbol: currency } }),
    }),
    saleOf: ({ customer, lines, date, currency }, key) => ({
      externalId: key,
      entity: { id: customer },
      ...(currency === undefined ? {} : { currency: { symbol: currency } }),
      tranDate: date,
      item: { items: lines.map((amount) => ({ quantity: '1', rate: amount, price: { id: '-1' }, amount })) },
    }),
    idOf: ({ id }) => id,
    read: ({ total, tranDate }) => ({ total: decimal(total), date: tranDate }),
  },
  erp: {
    customer: { operation: 'customer.upsert', kind: 'Customer', name: ({ fields }) => (fields as VendorRow)['Name'] },
    sale: { operation: 'invoice.upsert', kind: 'Invoice' },
    customerOf: (name, key) => ({ ExtRef: key, Name: name }),
    saleOf: ({ customer, lines, total, date, currency = 'EUR' }, key) => ({
      ExtRef: key,
      CustNo: customer,
      InvDate: date,
      Currency: currency,
      Total: total,
      Lines: { Line: lines.map(line) },
    }),
    idOf: ({ key }) => key,
    read: ({ fields }) => {
      const { Total, InvDate } = fields as VendorRow;
      return { total: decimal(Total), date: InvDate };
    },
  },
};

const NAMES: Readonly<Record<string, string>> = {
  quotes: `O'Brien "Söhne" & <Co>`,
  colon: 'Ace: Hardware',
  emoji: 'Ada 🛠 Works',
  backslash: `C:\\new\\'table`,
  '100 characters': 'x'.repeat(100),
  '101 characters': 'y'.repeat(101),
};
/** The first two lie in nights in which clocks are set back. */
const SALES: Readonly<Record<string, Omit<Sale, 'customer'>>> = {
  '0.1 + 0.2': { lines: ['0.1', '0.2'], total: '0.3', date: '2026-11-01' },
  '12345678901234.56': { lines: ['12345678901234.56'], total: '12345678901234.56', date: '2026-10-25' },
  'a third of a cent': { lines: ['0.003'], total: '0.003', date: '2026-11-02' },
  'a leap day': { lines: ['1'], total: '1', date: '2028-02-29' },
  'no leap day': { lines: ['1'], total: '1', date: '2027-02-29' },
};

/** A currency without decimals, in each vendor that has more than its own. */
const YEN: Readonly<Record<string, Omit<Sale, 'customer'>>> = {
  yen: { lines: ['1200', '34'], total: '1234', date: '2026-11-03', currency: 'JPY' },
  'many yen': { lines: ['987654321'], total: '987654321', date: '2026-11-03', currency: 'JPY' },
  'half a yen': { lines: ['1.5'], total: '1.5', date: '2026-11-03', currency: 'JPY' },
};

/** Whatever breaks naive integrations arrives as it was sent, or is refused with the field named. */
export function describeValues(stage: () => FourSystems): void {
  describe.each(VENDORS)('hard values arrive exactly at %s, or are refused with the field named', (vendor) => {
    const shape = SHAPES[vendor];

    async function send(kind: string, data: object): Promise<EventView> {
      const { client } = stage().tenant;
      return eventWhen(client, await accept(client, { type: `${vendor}.${kind}`, data }), settled);
    }

    async function outcomeOf(
      kind: 'customer' | 'sale',
      data: object,
      isExact: (row: VendorRow) => boolean,
    ): Promise<string> {
      const { deliveries } = await send(`raw-${kind}`, data);
      const {
        status,
        external_id: id,
        last_error: error,
      } = deliveries[0] ?? { status: 'none', external_id: null, last_error: null };
      if (status === 'succeeded') {
        const row = (await stage().exactRecords(vendor, shape[kind].kind)).find((found) => shape.idOf(found) === id);
        return row !== undefined && isExact(row) ? 'exact' : `changed: ${JSON.stringify(row)}`;
      }
      const { category, fields } = (error ?? {}) as { category?: string; fields?: readonly string[] };
      return `${category}: ${(fields ?? []).join(' ')}`;
    }

    beforeAll(async () => {
      for (const kind of ['customer', 'sale'] as const)
        await addRoute(stage().tenant, {
          event_type: `${vendor}.raw-${kind}`,
          connection_id: stage().connections[vendor],
          operation: shape[kind].operation,
        });
    });

    it('names', async () => {
      const outcomes = await Promise.all(
        Object.entries(NAMES).map(async ([what, name]) => {
          const data = shape.customerOf(name, unique('n'));
          return [what, await outcomeOf('customer', data, (row) => shape.customer.name(row) === name)] as const;
        }),
      );
      expect(Object.fromEntries(outcomes)).toEqual(EXPECTED[vendor].names);
    });

    const salesOf = async (
      sales: Readonly<Record<string, Omit<Sale, 'customer'>>>,
      currency?: string,
    ): Promise<Record<string, string>> => {
      const { deliveries } = await send('raw-customer', shape.customerOf(unique('buyer'), unique('b'), currency));
      const customer = deliveries[0]?.external_id ?? '';
      const outcomes = await Promise.all(
        Object.entries(sales).map(async ([what, sale]) => {
          const data = shape.saleOf({ ...sale, customer }, unique('s'));
          const isExact = (row: VendorRow): boolean => {
            const { total, date } = shape.read(row);
            return total === decimal(sale.total) && date === sale.date;
          };
          return [what, await outcomeOf('sale', data, isExact)] as const;
        }),
      );
      return Object.fromEntries(outcomes);
    };

    it('amounts and dates', async () => {
      expect(await salesOf(SALES)).toEqual(EXPECTED[vendor].sales);
    });

    const { yen } = EXPECTED[vendor];
    if (yen === undefined) return;
    it('amounts of a currency without decimals', async () => {
      const several = vendor === 'quickbooks' ? { realm: 'acme' } : vendor === 'salesforce' ? {} : null;
      if (several !== null) await stage().control(vendor, 'POST', 'settings', { ...several, multi_currency: true });
      expect(await salesOf(YEN, 'JPY')).toEqual(yen);
    });
  });
}

interface Expected {
  readonly names: Record<string, string>;
  readonly sales: Record<string, string>;
  /** Left out where the account has one currency alone: amounts have none of their own there. */
  readonly yen?: Record<string, string>;
}

const EXPECTED: Readonly<Record<Vendor, Expected>> = {
  salesforce: {
    names: {
      quotes: 'exact',
      colon: 'exact',
      emoji: 'exact',
      backslash: 'exact',
      '100 characters': 'exact',
      '101 characters': 'exact',
    },
    sales: {
      '0.1 + 0.2': 'exact',
      '12345678901234.56': 'exact',
      'a third of a cent': 'validation: Amount',
      'a leap day': 'exact',
      'no leap day': 'validation: CloseDate',
    },
    // The field's decimals count, not the currency's.
    yen: { yen: 'exact', 'many yen': 'exact', 'half a yen': 'exact' },
  },
  quickbooks: {
    names: {
      quotes: 'exact',
      colon: 'validation: DisplayName',
      emoji: 'validation: DisplayName',
      backslash: 'validation: DisplayName',
      '100 characters': 'exact',
      '101 characters': 'validation: DisplayName',
    },
    sales: {
      '0.1 + 0.2': 'exact',
      '12345678901234.56': 'validation: Line.Amount',
      'a third of a cent': 'validation: Line.Amount',
      'a leap day': 'exact',
      'no leap day': 'validation: TxnDate',
    },
    yen: { yen: 'exact', 'many yen': 'exact', 'half a yen': 'exact' },
  },
  netsuite: {
    names: {
      quotes: 'exact',
      colon: 'exact',
      emoji: 'exact',
      backslash: 'exact',
      '100 characters': 'validation: companyName',
      '101 characters': 'validation: companyName',
    },
    sales: {
      '0.1 + 0.2': 'exact',
      '12345678901234.56': 'exact',
      'a third of a cent': 'validation: item.items[0].amount',
      // The account has no accounting period then.
      'a leap day': 'validation: tranDate',
      'no leap day': 'validation: tranDate',
    },
    yen: { yen: 'exact', 'many yen': 'exact', 'half a yen': 'validation: item.items[0].amount' },
  },
  erp: {
    names: {
      quotes: 'exact',
      colon: 'exact',
      emoji: 'exact',
      backslash: 'exact',
      '100 characters': 'validation: Name',
      '101 characters': 'validation: Name',
    },
    sales: {
      '0.1 + 0.2': 'exact',
      '12345678901234.56': 'exact',
      'a third of a cent': 'validation: Lines/Line/LineAmount',
      'a leap day': 'exact',
      'no leap day': 'validation: InvDate',
    },
    yen: { yen: 'exact', 'many yen': 'exact', 'half a yen': 'validation: Lines/Line/LineAmount' },
  },
};
