import { createMappingEngine, type MappingEngine } from '@hub/mapping-engine';
import { type JsonObject } from '@hub/platform';
import { demoEvents } from '../demo/demo-events';
import {
  CUSTOMER_TO_ACCOUNT,
  INVOICE_TO_INVOICE,
  INVOICE_TO_NOTICE,
  INVOICE_TO_OPPORTUNITY,
  type SeedMapping,
} from './seed-mappings';

/** The seeded mappings in the real engine, with what the demo sends. */
describe('seeded mappings', () => {
  let engine: MappingEngine;
  beforeAll(() => (engine = createMappingEngine({ poolSize: 1, timeLimitMs: 2_000 })));
  afterAll(() => engine.close());

  const events = demoEvents('x', new Date(0));
  const dataOf = (label: string): object => {
    const found = events.find((event) => event.label === label);
    if (found === undefined) throw new Error(`no demo event "${label}"`);
    return found.body.data;
  };
  async function map(mapping: SeedMapping, data: object): Promise<JsonObject | string> {
    const outcome = await engine.evaluate({
      expression: mapping.expression,
      inputText: JSON.stringify(data),
      bindings: { tables: mapping.tables ?? {} },
    });
    return outcome.ok ? (JSON.parse(outcome.value.outputText) as JsonObject) : outcome.error.message;
  }

  it('make an account of a customer, with missing fields as null', async () => {
    expect(await map(CUSTOMER_TO_ACCOUNT, dataOf('umlauts, a German number'))).toEqual({
      Hub_Id__c: 'C-1001',
      Name: 'Müller & Söhne GmbH',
      Phone: '+4930901820',
      Website: 'https://mueller.example',
      BillingStreet: 'Unter den Linden 1',
      BillingCity: 'Berlin',
      BillingPostalCode: '10117',
      BillingCountry: 'Germany',
      Tax_Id__c: 'DE123456789',
      NumberOfEmployees: 42,
      Active__c: 'Yes',
    });
    expect(await map(CUSTOMER_TO_ACCOUNT, { id: 'C-9', name: 'Bare', status: 'closed' })).toEqual({
      Hub_Id__c: 'C-9',
      Name: 'Bare',
      Phone: null,
      Website: null,
      BillingStreet: null,
      BillingCity: null,
      BillingPostalCode: null,
      BillingCountry: null,
      Tax_Id__c: null,
      NumberOfEmployees: null,
      Active__c: 'No',
    });
  });

  it('count money exactly, in the decimals of its currency', async () => {
    expect(await map(INVOICE_TO_INVOICE, dataOf('0.1 + 0.2 EUR'))).toMatchObject({
      Hub_Id__c: 'INV-1',
      Subtotal__c: '0.30',
      Total__c: '0.30',
      Balance__c: '0.30',
      Currency__c: 'EUR',
      Status__c: 'Open',
      Due_Date__c: '2026-12-20',
      Email__c: 'buchhaltung@mueller.example',
    });
    expect(await map(INVOICE_TO_INVOICE, dataOf('yen have no decimals'))).toMatchObject({
      Subtotal__c: '3750',
      Tax__c: '300',
      Total__c: '4050',
    });
    expect(await map(INVOICE_TO_INVOICE, dataOf('leap day, cents to round'))).toMatchObject({
      Total__c: '50.00',
      Balance__c: '0',
      Status__c: 'Paid',
      Due_Date__c: '2028-03-30',
    });
    expect(await map(INVOICE_TO_OPPORTUNITY, dataOf('three decimals (dinar)'))).toMatchObject({
      Name: 'Invoice INV-1, Hank Scorpio',
      Amount: '49.380',
      StageName: 'Closed Won',
    });
  });

  it('write the notice for accounting, one line or many', async () => {
    expect(await map(INVOICE_TO_NOTICE, dataOf('yen have no decimals'))).toEqual({
      document: 'INV-2',
      kind: 'invoice',
      status: 'open',
      date: '2026-11-20',
      total: { amount: '4050', currency: 'JPY' },
      customer: { id: 'C-1002', name: expect.stringContaining('🚀'), country: 'US' },
      lines: [{ text: 'お茶', amount: '3750' }],
    });
    expect(await map(INVOICE_TO_NOTICE, dataOf('0.1 + 0.2 EUR'))).toMatchObject({
      lines: [{ amount: '0.10' }, { text: 'Another "screw"', amount: '0.20' }],
    });
  });

  it('refuse an invoice without a number, a currency or lines, and say which', async () => {
    const data = dataOf('an invoice without number');
    for (const mapping of [INVOICE_TO_INVOICE, INVOICE_TO_NOTICE, INVOICE_TO_OPPORTUNITY]) {
      expect(await map(mapping, data)).toMatch(/"number" is required/);
    }
    expect(await map(INVOICE_TO_INVOICE, { number: '1', currency: 'doubloons' })).toMatch(/"currency" is required/);
    expect(await map(INVOICE_TO_INVOICE, { number: '1', currency: 'EUR', issued_on: '2026-01-01' })).toMatch(/"lines"/);
  });
});
