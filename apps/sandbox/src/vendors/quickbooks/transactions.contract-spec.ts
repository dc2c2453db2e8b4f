import { QuickBooksFixture, salesLine, type Body } from './fixtures/quickbooks-fixture';

/** Ids of the seeded lists: items 1 and 2 are services, terms 3 is net 30. */
const SERVICE = '1';

describe('invoices, credit memos and payments of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;
  let customer: string;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    customer = (
      await fixture.create('Customer', {
        DisplayName: 'Payer',
        SalesTermRef: { value: '3' },
        BillAddr: { Line1: '1 Way', City: 'Reno' },
      })
    ).Id;
  });

  const form = (fields: object = {}): object => ({
    CustomerRef: { value: customer },
    TxnDate: '2024-01-15',
    Line: [salesLine(SERVICE, 100, { Qty: 1, UnitPrice: 100 })],
    ...fields,
  });
  const invoice = (fields: object = {}): Promise<Body> => fixture.create('Invoice', form(fields));
  const refused = (entity: string, fields: object): ReturnType<QuickBooksFixture['fault']> =>
    fixture.fault(fixture.post(`/${entity}`, fields));
  const read = async (entity: string, id: string): Promise<Body> =>
    (await fixture.get(`/${entity.toLowerCase()}/${id}`)).body[entity];
  const pay = (invoiceId: string, amount: number, TotalAmt = amount): Promise<Body> =>
    fixture.create('Payment', {
      CustomerRef: { value: customer },
      TotalAmt,
      Line: [{ Amount: amount, LinkedTxn: [{ TxnId: invoiceId, TxnType: 'Invoice' }] }],
    });

  it('an invoice comes back with the recorded additions', async () => {
    const made = await invoice();
    expect(made).toMatchObject({
      SyncToken: '0',
      DocNumber: expect.stringMatching(/^\d+$/),
      CurrencyRef: { value: 'USD', name: 'United States Dollar' },
      LinkedTxn: [],
      TxnTaxDetail: { TotalTax: 0 },
      BillAddr: { Line1: '1 Way', Lat: 'INVALID', Long: 'INVALID' },
      DueDate: '2024-02-14',
      TotalAmt: 100,
      Balance: 100,
      ApplyTaxAfterDiscount: false,
      PrintStatus: 'NeedToPrint',
      EmailStatus: 'NotSet',
      AllowOnlinePayment: false,
    });
    expect(made.MetaData).toHaveProperty('LastModifiedByRef.value');
    expect(made.Line).toEqual([
      {
        Id: '1',
        LineNum: 1,
        Amount: 100,
        DetailType: 'SalesItemLineDetail',
        SalesItemLineDetail: {
          ItemRef: { value: '1', name: 'Services' },
          Qty: 1,
          UnitPrice: 100,
          ItemAccountRef: { value: '5', name: 'Services' },
          TaxCodeRef: { value: 'NON' },
        },
        CustomExtensions: [],
      },
      { Amount: 100, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} },
    ]);
  });

  it.each([
    ['no customer', { CustomerRef: undefined }, '2020', 'CustomerRef'],
    ['no lines', { Line: [] }, '2020', 'Line'],
    ['a line without type', { Line: [{ Amount: 1 }] }, '2020', 'DetailType'],
    ['a long number', { DocNumber: 'x'.repeat(22) }, '2050', 'DocNumber'],
    ['an unknown customer', { CustomerRef: { value: '583' } }, '2500', ''],
    ['an unknown item', { Line: [salesLine('99', 1)] }, '2500', ''],
    ['a day that is none', { TxnDate: '2023-02-29' }, '2010', undefined],
    ['a date with time', { TxnDate: '2024-01-15T00:00:00' }, '2010', undefined],
    ['another currency', { CurrencyRef: { value: 'EUR' } }, '6000', ''],
    [
      'a tax code that is none',
      { Line: [salesLine(SERVICE, 1, { TaxCodeRef: { value: '2' } })] },
      '6100',
      'TaxCodeRef',
    ],
    ['a field that is not in use', { CustomField: [{ DefinitionId: '2', StringValue: 'x' }] }, '3000', 'CustomField'],
    ['an amount too large', { Line: [salesLine(SERVICE, 12345678901234.56)] }, '2090', 'Line.Amount'],
    ['a fraction of a cent', { Line: [salesLine(SERVICE, 0.1 + 0.2)] }, '2110', 'Line.Amount'],
    ['a negative total', { Line: [salesLine(SERVICE, -5)] }, '6000', ''],
    ['an email to nobody', { EmailStatus: 'NeedToSend' }, '6000', ''],
  ])('refuses %s', async (_name, fields, code, element) => {
    expect(await refused('invoice', form(fields))).toMatchObject({ code, element });
  });

  it('an amount must be quantity times price, to the cent', async () => {
    const line = (amount: number): object =>
      form({ Line: [salesLine(SERVICE, amount, { Qty: 3, UnitPrice: 333.335 })] });
    expect(await refused('invoice', line(1000))).toEqual({
      code: '6070',
      element: 'Line.Amount',
      detail: 'Amount is not equal to UnitPrice * Qty. Supplied value:1,000',
    });
    expect((await fixture.create('Invoice', line(1000.01))).TotalAmt).toBe(1000.01);
  });

  it('adds up without the errors of floats', async () => {
    const made = await invoice({ Line: [salesLine(SERVICE, 0.1), salesLine(SERVICE, 0.2)] });
    expect(made.TotalAmt).toBe(0.3);
  });

  it('a line without an item is a remark: its amount is gone', async () => {
    const made = await invoice({
      Line: [salesLine(SERVICE, 10), { DetailType: 'SalesItemLineDetail', Amount: 90, SalesItemLineDetail: {} }],
    });
    expect(made.TotalAmt).toBe(10);
    expect(made.Line[1]).toMatchObject({ DetailType: 'DescriptionOnly' });
  });

  it('a discount comes off after the subtotal', async () => {
    const discount = {
      DetailType: 'DiscountLineDetail',
      DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 },
    };
    const made = await invoice({ Line: [salesLine(SERVICE, 33.33), discount] });
    expect(made.TotalAmt).toBe(30);
    expect(made.Line.map(({ DetailType }: Body) => DetailType)).toEqual([
      'SalesItemLineDetail',
      'SubTotalLineDetail',
      'DiscountLineDetail',
    ]);
    expect(
      (await refused('invoice', form({ Line: [salesLine(SERVICE, 1), { DetailType: 'DiscountLineDetail' }] }))).code,
    ).toBe('6090');
  });

  it('the vendor counts US tax itself, whatever it is told', async () => {
    await fixture.admin('POST', '/settings', { realm: 'acme', sales_tax_percent: '8.5' });
    const made = await invoice({
      Line: [salesLine(SERVICE, 100, { TaxCodeRef: { value: 'TAX' } }), salesLine(SERVICE, 50)],
      TxnTaxDetail: { TotalTax: 1 },
    });
    expect(made).toMatchObject({ TotalAmt: 158.5, Balance: 158.5, TxnTaxDetail: { TotalTax: 8.5 } });
    await fixture.admin('POST', '/settings', { realm: 'acme', automated_sales_tax: false });
    expect((await invoice({ TxnTaxDetail: { TotalTax: 1 } })).TotalAmt).toBe(101);
  });

  it('outside the US each line names its code and the form its way of counting', async () => {
    await fixture.admin('POST', '/settings', { realm: 'acme', tax_model: 'global' });
    const coded = { Line: [salesLine(SERVICE, 120, { TaxCodeRef: { value: '4' } })] };
    expect((await refused('invoice', form({ GlobalTaxCalculation: 'TaxExcluded' }))).detail).toContain('VAT rate');
    expect((await refused('invoice', form(coded))).code).toBe('6000');
    expect((await invoice({ ...coded, GlobalTaxCalculation: 'TaxExcluded' })).TotalAmt).toBe(144);
    expect(await invoice({ ...coded, GlobalTaxCalculation: 'TaxInclusive' })).toMatchObject({
      TotalAmt: 120,
      TxnTaxDetail: { TotalTax: 20 },
    });
  });

  it('a sparse update replaces all lines; lines that name their id keep it', async () => {
    const made = await invoice({ Line: [salesLine(SERVICE, 10), salesLine(SERVICE, 20), salesLine(SERVICE, 30)] });
    const [, second] = made.Line;
    const updated = await fixture.create('Invoice', {
      Id: made.Id,
      SyncToken: '0',
      sparse: true,
      Line: [second, salesLine(SERVICE, 5)],
    });
    expect(updated.TotalAmt).toBe(25);
    expect(updated.Line.map(({ Id }: Body) => Id)).toEqual(['2', '4', undefined]);
    expect(updated).toMatchObject({ TxnDate: '2024-01-15', DueDate: '2024-02-14', DocNumber: made.DocNumber });
  });

  it('counts document numbers, or leaves them to the customer, who may not repeat one', async () => {
    const [first, second] = [await invoice(), await invoice()];
    expect(Number(second.DocNumber)).toBe(Number(first.DocNumber) + 1);
    expect((await invoice({ DocNumber: first.DocNumber })).DocNumber).toBe(first.DocNumber);
    await fixture.admin('POST', '/settings', { realm: 'acme', custom_txn_numbers: true });
    expect(await invoice()).not.toHaveProperty('DocNumber');
    await invoice({ DocNumber: 'SF-1' });
    const again = await refused('invoice', form({ DocNumber: 'SF-1' }));
    expect(again.code).toBe('6140');
    expect(again.detail).toContain('DocNumber=SF-1 is assigned to TxnType=Invoice with TxnId=');
    expect((await fixture.post('/invoice?include=allowduplicatedocnum', form({ DocNumber: 'SF-1' }))).status).toBe(200);
  });

  it('custom fields that are in use', async () => {
    const made = await invoice({ CustomField: [{ DefinitionId: '1', Type: 'StringType', StringValue: 'PO-9' }] });
    expect(made.CustomField).toEqual([
      { DefinitionId: '1', Name: 'PO Number', Type: 'StringType', StringValue: 'PO-9' },
    ]);
  });

  it('a payment moves the invoice: balance, links, SyncToken, and the customer’s balance', async () => {
    const made = await invoice();
    expect((await read('Customer', customer)).Balance).toBe(100);
    const payment = await pay(made.Id, 60, 70);
    expect(payment).toMatchObject({
      TotalAmt: 70,
      UnappliedAmt: 10,
      ProcessPayment: false,
      DepositToAccountRef: { value: '4' },
      Line: [{ Amount: 60, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }],
    });
    expect(await read('Invoice', made.Id)).toMatchObject({
      Balance: 40,
      SyncToken: '1',
      LinkedTxn: [{ TxnId: payment.Id, TxnType: 'Payment' }],
    });
    expect((await read('Customer', customer)).Balance).toBe(30);
  });

  it('takes no payment that does not fit', async () => {
    const made = await invoice();
    const other = (await fixture.create('Customer', { DisplayName: 'Other' })).Id;
    const payment = (fields: object): object => ({ CustomerRef: { value: customer }, TotalAmt: 100, ...fields });
    const line = (TxnId: string, TxnType: string, Amount: number): object => ({
      Amount,
      LinkedTxn: [{ TxnId, TxnType }],
    });
    expect((await refused('payment', { CustomerRef: { value: customer } })).detail).toContain(
      'You must set a transaction amount.',
    );
    for (const fields of [
      { Line: [line('9999', 'Invoice', 1)] },
      { Line: [line(made.Id, 'Bill', 1)] },
      { CustomerRef: { value: other }, Line: [line(made.Id, 'Invoice', 1)] },
    ]) {
      expect((await refused('payment', payment(fields))).code).toBe('620');
    }
    expect((await refused('payment', payment({ Line: [line(made.Id, 'Invoice', 101)] }))).code).toBe('6000');
    expect((await refused('payment', payment({ TotalAmt: 150, Line: [line(made.Id, 'Invoice', 150)] }))).code).toBe(
      '6000',
    );
    expect(await read('Invoice', made.Id)).toMatchObject({ Balance: 100, SyncToken: '0' });
    // Nothing of a refused payment stays, though it was refused only when the invoice was to take it.
    expect((await fixture.query(`select * from Payment where CustomerRef = '${customer}'`)).body.QueryResponse).toEqual(
      {},
    );
    expect((await read('Customer', customer)).Balance).toBe(100);
  });

  it('changing, voiding and deleting a payment gives the money back', async () => {
    const made = await invoice();
    const balance = async (): Promise<number> => (await read('Invoice', made.Id)).Balance;
    const payment = await pay(made.Id, 100);
    const less = [{ Amount: 25, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] }];
    const changed = await fixture.create('Payment', { Id: payment.Id, SyncToken: '0', sparse: true, Line: less });
    expect([changed.UnappliedAmt, await balance()]).toEqual([75, 75]);
    const voided = await fixture.post('/payment?operation=update&include=void', {
      Id: payment.Id,
      SyncToken: '1',
      sparse: true,
    });
    expect(voided.body.Payment).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0, PrivateNote: 'Voided', Line: [] });
    expect(await balance()).toBe(100);
    const second = await pay(made.Id, 10);
    const gone = await fixture.post('/payment?operation=delete', { Id: second.Id, SyncToken: '0' });
    expect(gone.body.Payment).toEqual({ status: 'Deleted', domain: 'QBO', Id: second.Id });
    expect(await balance()).toBe(100);
  });

  it('a credit memo pays like money', async () => {
    const made = await invoice();
    const credit = await fixture.create('CreditMemo', form({ Line: [salesLine(SERVICE, 30)] }));
    expect(credit).toMatchObject({ TotalAmt: 30, RemainingCredit: 30 });
    await fixture.create('Payment', {
      CustomerRef: { value: customer },
      TotalAmt: 0,
      Line: [
        { Amount: 30, LinkedTxn: [{ TxnId: made.Id, TxnType: 'Invoice' }] },
        { Amount: 30, LinkedTxn: [{ TxnId: credit.Id, TxnType: 'CreditMemo' }] },
      ],
    });
    expect((await read('Invoice', made.Id)).Balance).toBe(70);
    expect((await read('CreditMemo', credit.Id)).RemainingCredit).toBe(0);
  });

  it('a void keeps the document empty, a delete removes it; payments keep their money', async () => {
    const made = await invoice();
    const payment = await pay(made.Id, 100);
    const voided = await fixture.post('/invoice?operation=void', { Id: made.Id, SyncToken: '1' });
    expect(voided.body.Invoice).toMatchObject({ TotalAmt: 0, Balance: 0, PrivateNote: 'Voided', SyncToken: '2' });
    expect(await read('Payment', payment.Id)).toMatchObject({ UnappliedAmt: 100, Line: [] });
    const gone = await fixture.post('/invoice?operation=delete', { Id: made.Id, SyncToken: '2' });
    expect(gone.body.Invoice).toEqual({ status: 'Deleted', domain: 'QBO', Id: made.Id });
    expect((await fixture.fault(fixture.get(`/invoice/${made.Id}`))).code).toBe('610');
    expect((await refused('invoice', { Id: made.Id, SyncToken: '2', sparse: true })).detail).toContain(
      'Another user has deleted this transaction.',
    );
  });

  it('an invoice cannot shrink below what was paid', async () => {
    const made = await invoice();
    await pay(made.Id, 80);
    const shrink = { Id: made.Id, SyncToken: '1', sparse: true, Line: [salesLine(SERVICE, 50)] };
    expect((await refused('invoice', shrink)).code).toBe('6000');
  });

  it('closed books and deposited or reconciled money need a person', async () => {
    const made = await invoice();
    const payment = await pay(made.Id, 1);
    await fixture.admin('POST', '/lock', { entity: 'Payment', id: payment.Id, lock: 'deposited' });
    expect((await refused('payment?operation=delete', { Id: payment.Id, SyncToken: '0' })).code).toBe('6540');
    await fixture.admin('POST', '/lock', { entity: 'Payment', id: payment.Id, lock: 'reconciled' });
    expect((await refused('payment', { Id: payment.Id, SyncToken: '0', sparse: true })).code).toBe('6000');
    await fixture.admin('POST', '/settings', { realm: 'acme', book_close_date: '2024-12-31' });
    expect((await refused('invoice', form())).code).toBe('6210');
    expect((await refused('invoice?operation=void', { Id: made.Id, SyncToken: '1' })).code).toBe('6210');
    expect((await fixture.post('/invoice', form({ TxnDate: '2025-01-01' }))).status).toBe(200);
  });

  it('nothing is sold to or of what was retired', async () => {
    await fixture.create('Customer', { Id: customer, SyncToken: '0', sparse: true, Active: false });
    expect((await refused('invoice', form())).code).toBe('610');
  });

  it('several currencies: the customer’s counts, with a rate to the company’s own', async () => {
    const euro = (await fixture.query("select Id from Customer where DisplayName = 'Hauser Anlagenbau'", 1)).body;
    const CustomerRef = { value: euro.QueryResponse.Customer[0].Id };
    const made = await fixture.create(
      'Invoice',
      { CustomerRef, ExchangeRate: 1.1, Line: [salesLine(SERVICE, 100)] },
      1,
    );
    expect(made).toMatchObject({ CurrencyRef: { value: 'EUR' }, ExchangeRate: 1.1, TotalAmt: 100, HomeTotalAmt: 110 });
    const dollars = { CustomerRef, CurrencyRef: { value: 'USD' }, Line: [salesLine(SERVICE, 1)] };
    expect((await fixture.fault(fixture.post('/invoice', dollars, 1))).code).toBe('6000');
  });

  it('sends and prints', async () => {
    const made = await invoice({ BillEmail: { Address: 'a@b.example' } });
    const send = (type: string): ReturnType<QuickBooksFixture['call']> =>
      fixture.call('POST', `/invoice/${made.Id}/send`, '', { headers: { 'content-type': type } });
    expect((await fixture.fault(send('application/json'))).code).toBe('1050');
    expect((await send('application/octet-stream')).body.Invoice).toMatchObject({
      EmailStatus: 'EmailSent',
      SyncToken: '1',
    });
    const pdf = await fixture.get(`/invoice/${made.Id}/pdf`);
    expect([pdf.headers.get('content-type'), String(pdf.body).slice(0, 8)]).toEqual(['application/pdf', '%PDF-1.4']);
  });

  it('merging customers moves the loser’s documents without a word', async () => {
    const winner = (await fixture.create('Customer', { DisplayName: 'Winner' })).Id;
    const made = await invoice();
    await fixture.admin('POST', '/merge', { winner, loser: customer });
    expect(await read('Invoice', made.Id)).toMatchObject({
      CustomerRef: { value: winner, name: 'Winner' },
      SyncToken: '0',
    });
    expect((await fixture.fault(fixture.get(`/customer/${customer}`))).code).toBe('610');
  });
});
