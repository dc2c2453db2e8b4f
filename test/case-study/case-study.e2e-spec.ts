import { waitUntil } from '@hub/testing';
import { startFourSystems, syncsHaveBegun, type FourSystems, type VendorRow as Row } from '../support/four-systems';

/**
 * What the hub is for, through its public API and the vendors' own pages and hooks alone: a sale that is won in Salesforce
 * is a customer and an invoice in QuickBooks and in NetSuite and an order in the ERP, what is paid shows on the
 * opportunity, and a customer whom somebody changes is changed on the other side. No mapping is written.
 */
describe('the case study', () => {
  let stage: FourSystems;

  beforeAll(async () => {
    stage = await startFourSystems();
    await stage.callHooks();
    const { applyRecipes } = stage;
    await applyRecipes('salesforce', 'quickbooks', [
      'salesforce.opportunity:quickbooks.sale-customer.outbound',
      'salesforce.opportunity:quickbooks.sale-invoice.outbound',
      'salesforce.account:quickbooks.customer.outbound',
    ]);
    await applyRecipes('salesforce', 'netsuite', [
      'salesforce.opportunity:netsuite.sale-customer.outbound',
      'salesforce.opportunity:netsuite.sale-invoice.outbound',
    ]);
    await applyRecipes('salesforce', 'erp', [
      'salesforce.opportunity:erp.sale-customer.outbound',
      'salesforce.opportunity:erp.sale-order.outbound',
    ]);
    await applyRecipes('quickbooks', 'salesforce', [
      'quickbooks.invoice:salesforce.invoice-to-opportunity.outbound',
      'quickbooks.customer:salesforce.customer.outbound',
    ]);
    await applyRecipes('erp', 'salesforce', ['erp.customer:salesforce.customer.outbound']);
    // A cursor from now on is what the first pull finds; the sale must come after it.
    await syncsHaveBegun(stage, 5);
  }, 120_000);
  afterAll(() => stage?.stop());

  const books = (entity: string): Promise<readonly Row[]> => stage.records('quickbooks', entity);
  const org = (object: string): Promise<readonly Row[]> => stage.records('salesforce', object);
  const seed = async (record: Row): Promise<string> =>
    (await stage.hub.sandbox.salesforce<{ ids: string[] }>('POST', 'seed', { records: [record] })).ids[0] ?? '';
  const deliveries = async (filter = ''): Promise<readonly Row[]> =>
    (await stage.tenant.client.demand<{ data: Row[] }>('GET', `/v1/deliveries?limit=100${filter}`)).data;
  /** A run that fails says by itself what became of every delivery, and of every pull. */
  const within = async (what: string, done: () => Promise<boolean>): Promise<void> => {
    await waitUntil(what, done, 20_000).catch(async (error: unknown) => {
      const { data: syncs } = await stage.tenant.client.demand<{ data: Row[] }>('GET', '/v1/syncs');
      const runs = await Promise.all(
        syncs.map(({ id }) => stage.tenant.client.demand<Row>('GET', `/v1/syncs/${String(id)}/runs`)),
      );
      const story = { deliveries: await deliveries(), syncs, runs };
      throw new Error(`${String(error)}; the story: ${JSON.stringify(story, null, 1)}`);
    });
  };
  /** With their attempts: what was sent, and what was refused. */
  const failures = async (): Promise<readonly Row[]> =>
    Promise.all(
      (await deliveries('&status=dead')).map(({ id }) =>
        stage.tenant.client.demand<Row>('GET', `/v1/deliveries/${String(id)}`),
      ),
    );

  const named = 'Ace: Hardware & Söhne';
  let erpNumber: unknown;
  const today = new Date().toISOString().slice(0, 10);

  it('carries a won sale to the books, to NetSuite and to the ERP, and its payment back', async () => {
    const account = await seed({
      attributes: { type: 'Account' },
      Name: named,
      Phone: '+1 415 555 0100',
    });
    const opportunity = await seed({
      attributes: { type: 'Opportunity' },
      Name: 'Generators',
      AccountId: account,
      StageName: 'Prospecting',
      CloseDate: today,
      Amount: 1234.56,
    });
    await stage.control('salesforce', 'POST', 'touch', {
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
      TxnDate: today,
      CustomerRef: { value: customer?.['Id'] },
    });

    await within('customer and invoice to be in NetSuite', async () => {
      const customers = await stage.records('netsuite', 'customer');
      const id = customers.find(({ companyName }) => companyName === named)?.['id'];
      const invoices = await stage.records('netsuite', 'invoice');
      return invoices.some(({ entity, total }) => (entity as Row)['id'] === id && total === 1234.56);
    });
    await within('customer and order to be in the ERP', async () => {
      const customers = await stage.records('erp', 'Customer');
      erpNumber = customers.find(({ fields }) => (fields as Row)['Name'] === named)?.['key'];
      const orders = (await stage.records('erp', 'Invoice')).map(({ fields }) => fields as Row);
      return orders.some(({ CustNo, Total }) => CustNo === erpNumber && Number(Total) === 1234.56);
    });

    await stage.control('quickbooks', 'POST', 'seed', {
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
    await stage.control('quickbooks', 'POST', 'touch', {
      realm: 'acme',
      entity: 'Customer',
      id: customer?.['Id'],
      fields: { PrimaryPhone: { FreeFormNumber: '+49 30 123456' } },
    });
    await within('the number to be in Salesforce', async () =>
      (await org('Account')).some(({ Phone: phone }) => phone === '+49 30 123456'),
    );
    await expectQuiet();
  }, 90_000);

  it('carries a change that polling finds in the ERP to Salesforce, and stops there', async () => {
    await stage.control('erp', 'POST', 'touch', {
      company: 'acme',
      entity: 'Customer',
      key: erpNumber,
      fields: { Phone: '+49 221 551000' },
    });
    const { data } = await stage.tenant.client.demand<{ data: Row[] }>(
      'GET',
      `/v1/syncs?connection_id=${stage.connections.erp}`,
    );
    // Its turn comes by itself, too, a minute later.
    await stage.tenant.client.demand('POST', `/v1/syncs/${String(data[0]?.['id'])}/run`, { mode: 'changes' });
    await within('the number to be in Salesforce', async () =>
      (await org('Account')).some(({ Phone: phone }) => phone === '+49 221 551000'),
    );
    await expectQuiet();
  }, 90_000);

  async function expectQuiet(): Promise<void> {
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
    expect(await books('Invoice')).toMatchObject([{ TotalAmt: 1234.56, Balance: 234.56 }]);
    expect(await failures()).toEqual([]);
  }
});
