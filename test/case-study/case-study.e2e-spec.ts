import { waitUntil } from '@hub/testing';
import { startSignedInHub, type SignedInHub } from './signed-in-hub';

type Row = Readonly<Record<string, unknown>>;

/**
 * What the hub is for, through its public API and the vendors' own pages and hooks alone: a sale that is won in Salesforce
 * is a customer and an invoice in QuickBooks, and what is paid there shows on the opportunity. No mapping is written.
 */
describe('the case study', () => {
  let stage: SignedInHub;

  beforeAll(async () => {
    stage = await startSignedInHub();
    const { applyRecipes, salesforce, quickbooks } = stage;
    await applyRecipes(salesforce, quickbooks, [
      'salesforce.opportunity:quickbooks.sale-customer.outbound',
      'salesforce.opportunity:quickbooks.sale-invoice.outbound',
      'salesforce.account:quickbooks.customer.outbound',
    ]);
    await applyRecipes(quickbooks, salesforce, [
      'quickbooks.invoice:salesforce.invoice-to-opportunity.outbound',
      'quickbooks.customer:salesforce.customer.outbound',
    ]);
    // A cursor from now on is what the first pull finds; the sale must come after it.
    await waitUntil('the syncs to have begun', async () => {
      const { data } = await stage.tenant.client.demand<{ data: Row[] }>('GET', '/v1/syncs');
      return data.length === 4 && data.every(({ last_success_at: at }) => at !== null);
    });
  }, 120_000);
  afterAll(() => stage?.stop());

  const books = async (entity: string): Promise<readonly Row[]> =>
    (
      await stage.hub.sandbox.vendor<{ records: Row[] }>(
        'quickbooks',
        'GET',
        `records?realm=acme&entity=${entity}&limit=1000`,
      )
    ).records;
  const org = async (object: string): Promise<readonly Row[]> =>
    stage.hub.sandbox.records(object, (await stage.hub.sandbox.accounts())[0]?.orgId ?? '');
  const seed = async (record: Row): Promise<string> =>
    (await stage.hub.sandbox.salesforce<{ ids: string[] }>('POST', 'seed', { records: [record] })).ids[0] ?? '';
  const within = async (what: string, done: () => Promise<boolean>): Promise<void> => {
    await waitUntil(what, done, 20_000);
  };
  const failures = async (): Promise<readonly Row[]> =>
    (await stage.tenant.client.demand<{ data: Row[] }>('GET', '/v1/deliveries?status=dead')).data;

  it('carries a won sale to the books, and its payment back', async () => {
    const account = await seed({
      attributes: { type: 'Account' },
      Name: 'Ace: Hardware & Söhne',
      Phone: '+1 415 555 0100',
    });
    const opportunity = await seed({
      attributes: { type: 'Opportunity' },
      Name: 'Generators',
      AccountId: account,
      StageName: 'Prospecting',
      CloseDate: '2028-02-29',
      Amount: 1234.56,
    });
    await stage.hub.sandbox.salesforce('POST', 'touch', {
      object: 'Opportunity',
      id: opportunity,
      fields: { StageName: 'Closed Won' },
    });
    await within('the invoice to be in QuickBooks', async () => (await books('Invoice')).length > 0);
    const [customer] = await books('Customer');
    const [invoice] = await books('Invoice');
    expect(customer).toMatchObject({ DisplayName: 'Ace- Hardware & Söhne' });
    expect(invoice).toMatchObject({
      TotalAmt: 1234.56,
      TxnDate: '2028-02-29',
      CustomerRef: { value: customer?.['Id'] },
    });

    await stage.hub.sandbox.vendor('quickbooks', 'POST', 'seed', {
      realm: 'acme',
      entity: 'Payment',
      records: [
        {
          CustomerRef: { value: customer?.['Id'] },
          TotalAmt: 1000,
          Line: [{ Amount: 1000, LinkedTxn: [{ TxnId: invoice?.['Id'], TxnType: 'Invoice' }] }],
        },
      ],
    });
    await within('the payment to show on the opportunity', async () =>
      (await org('Opportunity')).some(({ Id, Paid_Amount__c: paid }) => Id === opportunity && Number(paid) === 1000),
    );
    expect(await failures()).toEqual([]);
  }, 90_000);

  it('carries a change of a customer to the other side, and stops there', async () => {
    const [customer] = await books('Customer');
    await stage.hub.sandbox.vendor('quickbooks', 'POST', 'touch', {
      realm: 'acme',
      entity: 'Customer',
      id: customer?.['Id'],
      fields: { PrimaryPhone: { FreeFormNumber: '+49 30 123456' } },
    });
    await within('the number to be in Salesforce', async () =>
      (await org('Account')).some(({ Phone: phone }) => phone === '+49 30 123456'),
    );
    // Every write calls the hooks of its system again: what came of them must end by itself.
    let before = -1;
    await within('the echo to have died away', async () => {
      const [now] = [(await stage.hub.sandbox.calls({ method: 'PATCH' })).length];
      const isQuiet = now === before;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return isQuiet;
    });
    expect(await org('Account')).toHaveLength(1);
    expect(await books('Customer')).toHaveLength(1);
    expect(await books('Invoice')).toHaveLength(1);
    expect(await failures()).toEqual([]);
  }, 90_000);
});
