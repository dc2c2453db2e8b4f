import { type DeliveryRecord, type RecordOutcome } from '@hub/connector-sdk';
import { CUSTOMER, LinkStage, pulledCustomer } from './fixtures/link-stage';

const stage = LinkStage.open();

describe('deliveries that write the same record', () => {
  const SALE =
    '{"Id": $link("customer", customer, "books"), "Name": name, "_link": {"type": "customer", "id": customer}}';
  const sale = (name: string): object => ({ customer: 'A1', name });
  const due = (): Promise<unknown> =>
    stage.tenants.run(stage.tenant, (tx) =>
      tx.query(`update deliveries set next_attempt_at = now() where status = 'retrying'`),
    );
  let names: Map<string, string>;

  /** A vendor that has no key of ours, only names that are given once. */
  const save = (record: DeliveryRecord): RecordOutcome => {
    const { Id, Name } = JSON.parse(record.payloadText) as { Id?: string; Name: string };
    if (Id !== undefined) return { ok: true, externalId: Id, created: false, version: null };
    const existing = names.get(Name);
    if (existing !== undefined && record.mayHaveBeenSent)
      return { ok: true, externalId: existing, created: true, version: null };
    if (existing !== undefined) return { ok: false, error: { category: 'duplicate', code: '6240', message: 'taken' } };
    names.set(Name, `b${names.size + 1}`);
    return { ok: true, externalId: names.get(Name) ?? null, created: true, version: null };
  };
  beforeEach(async () => {
    names = new Map();
    stage.vendor = save;
    await stage.route('crm.customer', 'customer.upsert', CUSTOMER);
    await stage.route('crm.sale', 'customer.upsert', SALE);
  });

  it('take turns: one creates it, the others change it', async () => {
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.event('crm.sale', sale('Acme'));
    await stage.event('crm.customer', pulledCustomer('A2', 'Bolt'));
    await stage.event('crm.sale', sale('Acme Ltd'));
    await stage.drain();
    expect((await stage.deliveries()).map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(4).fill(['succeeded', 1]),
    );
    expect(stage.delivered.map(({ payloadText }) => payloadText)).toEqual([
      '{"Name":"Acme"}',
      '{"Name":"Bolt"}',
      '{"Id":"b1","Name":"Acme"}',
      '{"Id":"b1","Name":"Acme Ltd"}',
    ]);
  });

  it('are mapped again when the record turns out to be there, because another wrote it while they waited', async () => {
    stage.vendor = () => ({ ok: false, error: { category: 'transient', code: '503', message: 'busy' } });
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    stage.vendor = (record) => save({ ...record, mayHaveBeenSent: false });
    await stage.event('crm.sale', sale('Acme'));
    await stage.drain();
    await due();
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([
      { status: 'retrying', mapped_payload: null },
      { status: 'succeeded' },
    ]);
    await due();
    await stage.drain();
    expect((await stage.deliveries())[0]).toMatchObject({ status: 'succeeded', attempts: 3 });
    expect(stage.delivered.at(-1)?.payloadText).toBe('{"Id":"b1","Name":"Acme"}');
  });

  it('wait when the record may have been made by a write whose outcome nobody knows', async () => {
    stage.vendor = (record) => {
      save(record);
      return { ok: false, error: { category: 'unknown_outcome', code: 'timeout', message: 'no answer' } };
    };
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    stage.vendor = save;
    await stage.event('crm.sale', sale('Acme'));
    await stage.drain();
    expect((await stage.deliveries()).map(({ status }) => status)).toEqual(['retrying', 'retrying']);
    await due();
    await stage.drain();
    expect((await stage.deliveries()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(names.size).toBe(1);
  });

  it('are a matter for a person when the record is somebody else’s', async () => {
    names.set('Acme', 'b0');
    await stage.event('crm.customer', pulledCustomer('A1', 'Acme'));
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'dead', reason: 'permanent_failure', attempts: 1 }]);
  });
});
