import { type Company } from '../quickbooks.company';
import { localDate } from '../quickbooks.time';
import { parseBody } from '../quickbooks.values';
import { saveEntity } from '../rules/entity-writer';
import { entityType } from '../schema/entity-registry';
import { type EntityName } from '../schema/schema.types';
import { ACCOUNTS, ACCOUNT_ID, BASIC_ITEMS, PAYMENT_METHODS, TAX_CODES, TERMS } from './seed-lists';

interface Books {
  readonly items: readonly object[];
  readonly customers: readonly object[];
  readonly vendors: readonly object[];
  readonly employees: readonly object[];
  /** Customer's and item's places in the lists above, counted from 1, quantity and price. */
  readonly invoices: readonly (readonly [customer: number, item: number, quantity: number, price: number])[];
}

const product = (Name: string, Sku: string, UnitPrice: number, QtyOnHand: number): object => ({
  Name,
  Sku,
  Type: 'Inventory',
  UnitPrice,
  PurchaseCost: Math.round(UnitPrice * 55) / 100,
  TrackQtyOnHand: true,
  QtyOnHand,
  InvStartDate: '2026-01-01',
  IncomeAccountRef: { value: ACCOUNT_ID.products },
  ExpenseAccountRef: { value: ACCOUNT_ID.cogs },
  AssetAccountRef: { value: ACCOUNT_ID.inventory },
});

const supply = (Name: string, Sku: string, UnitPrice: number): object => ({
  Name,
  Sku,
  Type: 'NonInventory',
  UnitPrice,
  IncomeAccountRef: { value: ACCOUNT_ID.products },
});

const address = (Line1: string, City: string, CountrySubDivisionCode: string, PostalCode: string): object => ({
  Line1,
  City,
  CountrySubDivisionCode,
  PostalCode,
  Country: 'USA',
});

const company = (CompanyName: string, email: string, phone: string, BillAddr: object): object => ({
  CompanyName,
  DisplayName: CompanyName,
  PrimaryEmailAddr: { Address: email },
  PrimaryPhone: { FreeFormNumber: phone },
  BillAddr,
  SalesTermRef: { value: '3' },
});

const BOOKS: Readonly<Record<string, Books>> = {
  acme: {
    items: [
      product('Cordless drill 18V', 'AC-1018', 129.9, 240),
      product('Hammer 16 oz', 'AC-2016', 24.5, 900),
      supply('Safety gloves (pair)', 'AC-3001', 7.25),
      supply('Work boots', 'AC-3010', 89),
    ],
    customers: [
      company(
        'Bluebird Builders',
        'ap@bluebird-builders.example',
        '(415) 555-0110',
        address('12 Pier St', 'San Francisco', 'CA', '94111'),
      ),
      company(
        "O'Brien & Sons Hardware",
        'office@obrien-sons.example',
        '(650) 555-0133',
        address('88 Alma Ave', 'Palo Alto', 'CA', '94301'),
      ),
      company(
        'Müller Werkzeuge',
        'einkauf@mueller.example',
        '(212) 555-0175',
        address('5 Canal St', 'New York', 'NY', '10013'),
      ),
      { GivenName: 'Dana', FamilyName: 'Whitfield', PrimaryEmailAddr: { Address: 'dana.whitfield@example.com' } },
      company(
        'Northwind Maintenance',
        'billing@northwind.example',
        '(206) 555-0199',
        address('400 Pike St', 'Seattle', 'WA', '98101'),
      ),
    ],
    vendors: [
      { CompanyName: 'Ironworks Supply', DisplayName: 'Ironworks Supply', AcctNum: '77-104', TermRef: { value: '3' } },
      { CompanyName: 'Pacific Freight', DisplayName: 'Pacific Freight' },
    ],
    employees: [{ GivenName: 'Erin', FamilyName: 'Castillo' }],
    invoices: [
      [1, 1, 4, 129.9],
      [2, 2, 20, 24.5],
      [5, 4, 3, 89],
    ],
  },
  globex: {
    items: [
      product('Centrifugal pump P40', 'GX-P40', 1480, 18),
      product('Valve DN25', 'GX-V25', 62.75, 400),
      supply('Seal kit', 'GX-S01', 18.4),
    ],
    customers: [
      company(
        'Springfield Water Works',
        'accounts@springfield-water.example',
        '(217) 555-0142',
        address('1 Reservoir Rd', 'Springfield', 'IL', '62701'),
      ),
      {
        ...company(
          'Hauser Anlagenbau',
          'rechnung@hauser.example',
          '(312) 555-0121',
          address('77 Lake St', 'Chicago', 'IL', '60601'),
        ),
        CurrencyRef: { value: 'EUR' },
      },
      company(
        'Kestrel Breweries',
        'finance@kestrel.example',
        '(303) 555-0108',
        address('19 Blake St', 'Denver', 'CO', '80202'),
      ),
    ],
    vendors: [{ CompanyName: 'Castings Direct', DisplayName: 'Castings Direct', AcctNum: 'C-2201' }],
    employees: [{ GivenName: 'Hank', FamilyName: 'Scorpio' }],
    invoices: [
      [1, 1, 2, 1480],
      [3, 2, 30, 62.75],
    ],
  },
};

/**
 * Fills a new company file, through the same rules that every client meets.
 * @param empty only what a new file has: accounts, terms, payment methods, tax codes and two items
 */
export function seedCompany(target: Company, empty: boolean): void {
  target.inThePast(() => {
    seedLists(target);
    const books = BOOKS[target.account.slug];
    if (!empty && books) seedBooks(target, books);
  });
}

function seedLists(target: Company): void {
  const taxCode = entityType('TaxCode');
  const nowMs = target.clock.now();
  target.write(() => {
    for (const [id, Name, Description] of TAX_CODES) {
      const body = { Name, Description, Active: true, Taxable: id !== 'NON', TaxGroup: false };
      const actor = target.administrator;
      target.store.put({ type: taxCode, id, syncToken: 0, createdMs: nowMs, updatedMs: nowMs, actor, body }, 0);
    }
  });
  for (const [Name, AccountType, AccountSubType] of ACCOUNTS)
    add(target, 'Account', { Name, AccountType, AccountSubType });
  for (const [Name, DueDays] of TERMS) add(target, 'Term', { Name, DueDays });
  for (const [Name, Type] of PAYMENT_METHODS) add(target, 'PaymentMethod', { Name, Type });
  for (const item of BASIC_ITEMS) add(target, 'Item', item);
}

function seedBooks(target: Company, books: Books): void {
  const items = books.items.map((item) => add(target, 'Item', item));
  const customers = books.customers.map((customer) => add(target, 'Customer', customer));
  for (const vendor of books.vendors) add(target, 'Vendor', vendor);
  for (const employee of books.employees) add(target, 'Employee', employee);
  const today = localDate(target.clock.now());
  books.invoices.forEach(([customer, item, Qty, UnitPrice], index) => {
    const CustomerRef = { value: customers[customer - 1] };
    const amount = Math.round(Qty * UnitPrice * 100) / 100;
    const line = {
      DetailType: 'SalesItemLineDetail',
      Amount: amount,
      SalesItemLineDetail: { ItemRef: { value: items[item - 1] }, Qty, UnitPrice },
    };
    const numbered = target.settings.customTxnNumbers ? { DocNumber: `GX-${1001 + index}` } : {};
    const id = add(target, 'Invoice', { CustomerRef, TxnDate: today, Line: [line], ...numbered });
    if (index === 0) payInFull(target, CustomerRef, id, amount);
  });
}

function payInFull(target: Company, CustomerRef: object, invoice: string, amount: number): void {
  add(target, 'Payment', {
    CustomerRef,
    TotalAmt: amount,
    PaymentMethodRef: { value: '4' },
    Line: [{ Amount: amount, LinkedTxn: [{ TxnId: invoice, TxnType: 'Invoice' }] }],
  });
}

function add(target: Company, entity: EntityName, record: object): string {
  const context = { company: target, actor: target.administrator, include: new Set<string>() };
  return target.write(() => saveEntity(context, entityType(entity), parseBody(JSON.stringify(record)))).id;
}
