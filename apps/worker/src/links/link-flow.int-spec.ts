import { type RecordOutcome } from '@hub/connector-sdk';
import { LinkedEchoGuard, type RecordScope } from '@hub/sync';
import { CUSTOMER, LinkStage, pulledCustomer } from './fixtures/link-stage';
import { DeliveriesInFlight } from './in-flight-writes';

const stage = LinkStage.open();

describe('a delivery', () => {
  it('is linked with the record that it was made from, and finds it the next time', async () => {
    await stage.route('crm.*', 'customer.upsert', CUSTOMER);
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    expect(await stage.links()).toEqual(['customer: A1 b1']);
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme Ltd'));
    await stage.drain();
    expect(stage.delivered.map((record) => JSON.parse(record.payloadText) as unknown)).toEqual([
      { Name: 'Acme' },
      { Id: 'b1', Name: 'Acme Ltd' },
    ]);
  });

  it('says with _link what it was made from, and the vendor does not get to see it', async () => {
    await stage.route('shop.*', 'invoice.upsert', '{"No": no, "_link": {"type": "order", "id": no}}');
    await stage.event('shop.order', { no: 7 }, 'shop');
    await stage.drain();
    expect(stage.delivered.map((record) => record.payloadText)).toEqual(['{"No":7}']);
    expect((await stage.deliveries())[0]?.mapped_payload).toBe('{"No":7,"_link":{"type":"order","id":7}}');
    // The link is of the order; what was written is remembered as an invoice, where a pull will look for it.
    expect(await stage.links()).toEqual(['invoice: b1', 'order: 7 b1']);
  });

  it('leaves an event alone that is sent as it came', async () => {
    await stage.route('raw.*', 'customer.upsert', null);
    await stage.event('raw.any', { _link: { type: 'customer', id: '1' }, n: 1 }, null);
    await stage.drain();
    expect(stage.delivered.map((record) => record.payloadText)).toEqual([
      '{"_link":{"type":"customer","id":"1"},"n":1}',
    ]);
    expect(await stage.links()).toEqual(['customer: b1']);
  });

  it('fails with the position of nothing but a wrong _link', async () => {
    await stage.route('shop.*', 'invoice.upsert', '{"_link": {"type": "order"}}');
    await stage.event('shop.order', { no: 7 }, 'shop');
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'dead', last_error: { code: 'mapping_runtime' } }]);
  });

  it('is not linked when it did not succeed', async () => {
    stage.vendor = () => ({ ok: false, error: { category: 'validation', code: 'no', message: 'no' } });
    await stage.route('crm.*', 'customer.upsert', CUSTOMER);
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    expect(await stage.links()).toEqual([]);
  });
});

describe('our own write, pulled back', () => {
  const scope = (): RecordScope => ({
    tenantId: stage.tenant,
    connectionId: stage.books,
    connectorId: 'books',
    object: 'Customer',
    canonicalType: 'customer',
    volatileFields: [],
    readAt: new Date(),
  });
  const guard = (): LinkedEchoGuard =>
    new LinkedEchoGuard({ tenants: stage.tenants, inFlight: new DeliveriesInFlight(stage.tenants) });
  const pulled = (data: object, version: string) => ({
    object: 'Customer',
    id: 'b1',
    change: 'updated' as const,
    version,
    modifiedAt: null,
    modifiedByUs: null,
    dataText: JSON.stringify(data),
  });

  it('is recognised even when it is seen before its delivery is settled', async () => {
    await stage.route('crm.*', 'customer.upsert', CUSTOMER);
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    let answer: (outcome: RecordOutcome) => void = () => undefined;
    const called = new Promise<void>((resolve) => {
      stage.vendor = () => {
        resolve();
        return new Promise((answered) => (answer = answered));
      };
    });
    const draining = stage.drain();
    await called;
    const judged = guard().classify(scope(), [pulled({ Id: 'b1', Name: 'Acme', Active: true }, '0')]);
    answer({ ok: true, externalId: 'b1', created: true, version: '0' });
    expect(await judged).toEqual(['echo']);
    await draining;
  });
});
