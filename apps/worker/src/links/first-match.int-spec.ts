import { type ExistingRecord } from '@hub/connector-sdk';
import { createLink } from '@hub/sync';
import { existingCustomer, LinkStage } from './fixtures/link-stage';

const stage = LinkStage.open();

const CUSTOMER = `$merge([
  {"Id": $link("customer", id, "books"), "Name": canonical.display_name, "Email": canonical.email, "Zip": canonical.billing.postal_code},
  $exists(match) ? {"_match": match} : {}
])`;
const customer = (id: string, name: string, fields: object = {}, match?: unknown): object => ({
  id,
  canonical_type: 'customer',
  canonical: { id, display_name: name, ...fields },
  ...(match === undefined ? {} : { match }),
});
const send = async (...customers: object[]): Promise<void> => {
  for (const one of customers) await stage.event('crm.customer', one);
  await stage.drain();
};
const sent = (): unknown[] => stage.delivered.map(({ payloadText }) => JSON.parse(payloadText) as unknown);

beforeEach(async () => {
  let made = 0;
  stage.vendor = ({ payloadText }) => {
    const { Id: id } = JSON.parse(payloadText) as { Id?: string };
    return { ok: true, externalId: id ?? `b${++made}`, created: id === undefined, version: '0' };
  };
  await stage.route('crm.customer', 'customer.upsert', CUSTOMER);
});

describe('a customer that the other system has had before', () => {
  it('is linked and changed, and no second one is made; no attempt is used up', async () => {
    stage.existing = [existingCustomer('b58', 'ACME Inc.', 'Info@Acme.example')];
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(await stage.links()).toEqual(['customer: A1 b58']);
    expect(sent()).toEqual([{ Id: 'b58', Name: 'Acme', Email: 'info@acme.example' }]);
    expect(await stage.deliveries()).toMatchObject([{ status: 'succeeded', attempts: 1 }]);
    await send(customer('A1', 'Acme Ltd', { email: 'new@acme.example' }));
    expect(stage.asked).toHaveLength(1);
    expect(sent()[1]).toMatchObject({ Id: 'b58', Name: 'Acme Ltd' });
  });

  it('is looked for together with all others of its call, and those that are new are made', async () => {
    stage.existing = [existingCustomer('b58', 'Acme', 'info@acme.example')];
    await send(
      customer('A1', 'Acme', { email: 'info@acme.example' }),
      customer('A2', 'Bolt', { email: 'info@bolt.example' }),
    );
    expect(stage.asked).toEqual([
      [
        { keys: { email: ['info@acme.example'] }, postalCode: null, nameDecides: false },
        { keys: { email: ['info@bolt.example'] }, postalCode: null, nameDecides: false },
      ],
    ]);
    expect(await stage.links()).toEqual(['customer: A1 b58', 'customer: A2 b1']);
  });

  it('may be one of several: then nobody guesses, and they are named', async () => {
    stage.existing = [
      existingCustomer('b58', 'Acme', 'info@acme.example'),
      existingCustomer('b61', 'Acme US', 'info@acme.example'),
    ];
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(sent()).toEqual([]);
    expect(await stage.links()).toEqual([]);
    expect(await stage.deliveries()).toMatchObject([
      {
        status: 'dead',
        reason: 'permanent_failure',
        last_error: {
          category: 'duplicate',
          code: 'several_matches',
          message: 'Books has several of them with the same e-mail address: b58 (Acme), b61 (Acme US)',
        },
      },
    ]);
  });

  it.each<[string, ExistingRecord[], string]>([
    ['none', [], ''],
    ['one', [existingCustomer('b58', 'Acme', 'info@acme.example')], ', such as b58 (Acme)'],
    [
      'many',
      Array.from({ length: 9 }, (_unused, n) => existingCustomer(`b${n}`, 'Acme', 'info@acme.example')),
      ', such as b0 (Acme), b1 (Acme), b2 (Acme), b3 (Acme), b4 (Acme)',
    ],
  ])(
    'may be one of more than can be looked through, of which %s was read: nothing is written',
    async (_, read, such) => {
      stage.existing = read;
      stage.unread = [{ key: 'email', value: 'info@acme.example' }];
      await send(
        customer('A1', 'Acme', { email: 'Info@acme.example' }),
        customer('A2', 'Bolt', { email: 'info@bolt.example' }),
      );
      expect(sent()).toEqual([{ Name: 'Bolt', Email: 'info@bolt.example' }]);
      expect(await stage.links()).toEqual(['customer: A2 b1']);
      const deliveries = await stage.deliveries();
      expect(deliveries.map(({ status }) => status).sort()).toEqual(['dead', 'succeeded']);
      expect(deliveries.find(({ status }) => status === 'dead')).toMatchObject({
        reason: 'permanent_failure',
        last_error: {
          category: 'duplicate',
          code: 'several_matches',
          message: `Books has more of them with the same e-mail address than can be looked through${such}`,
        },
      });
    },
  );

  it('may be one that was not read, though all that were are linked with others', async () => {
    stage.existing = [existingCustomer('b58', 'Acme', 'info@acme.example')];
    stage.unread = [{ key: 'email', value: 'info@acme.example' }];
    await stage.tenants.run(stage.tenant, (tx) =>
      createLink(tx, 'customer', [
        { system: { connectionId: stage.source, source: '' }, recordId: 'A0' },
        { system: { connectionId: stage.books, source: '' }, recordId: 'b58' },
      ]),
    );
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(sent()).toEqual([]);
    expect(await stage.links()).toEqual(['customer: A0 b58']);
    expect(await stage.deliveries()).toMatchObject([{ status: 'dead', last_error: { code: 'several_matches' } }]);
  });

  it('is what others have waited for: their connections are rung for', async () => {
    await stage.route('crm.invoice', 'invoice.upsert', '{"Customer": $linkRequired("customer", customer, "books")}');
    await stage.event('crm.invoice', { customer: 'A1' });
    await stage.drain();
    await stage.tenants.run(stage.tenant, (tx) =>
      tx.query(`update deliveries set next_attempt_at = now() + interval '1 hour'`),
    );
    const before = stage.rung.length;
    stage.existing = [existingCustomer('b58', 'Acme', 'info@acme.example')];
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(stage.rung.slice(before)).toContainEqual({ tenantId: stage.tenant, connectionId: stage.books });
    expect((await stage.deliveries()).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  });

  it('is probably the one of its name at its postal code: a person says so', async () => {
    stage.existing = [existingCustomer('b58', 'ACME, Ltd', null, '94 601')];
    await send(customer('A1', 'Acme Ltd', { billing: { postal_code: '94601' } }));
    expect(await stage.deliveries()).toMatchObject([{ status: 'dead', last_error: { code: 'possible_match' } }]);
    expect(stage.asked.at(-1)).toMatchObject([{ keys: { name: ['Acme Ltd'] }, nameDecides: false }]);
    await send(customer('A1', 'Acme Ltd', { billing: { postal_code: '94601' } }, ['name']));
    expect(stage.asked.at(-1)).toMatchObject([{ keys: { name: ['Acme Ltd'] }, nameDecides: true }]);
    expect(await stage.links()).toEqual(['customer: A1 b58']);
  });

  it('is not looked for where the mapping says so', async () => {
    stage.existing = [existingCustomer('b58', 'Acme', 'info@acme.example')];
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }, false));
    expect(stage.asked).toEqual([]);
    expect(await stage.links()).toEqual(['customer: A1 b1']);
    await send(customer('A2', 'Bolt', {}, ['shoe size']));
    expect((await stage.deliveries())[1]).toMatchObject({ status: 'dead', last_error: { code: 'mapping_runtime' } });
  });

  it('belongs to who is linked with it already, whoever else has its address', async () => {
    stage.existing = [existingCustomer('b58', 'Acme', 'info@acme.example')];
    await stage.tenants.run(stage.tenant, (tx) =>
      createLink(tx, 'customer', [
        { system: { connectionId: stage.source, source: '' }, recordId: 'A0' },
        { system: { connectionId: stage.books, source: '' }, recordId: 'b58' },
      ]),
    );
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(await stage.links()).toEqual(['customer: A0 b58', 'customer: A1 b1']);
  });

  it('is made only when the vendor could be asked; a vendor that never can is not asked for ever', async () => {
    stage.refusal = { category: 'transient', code: 'http_503', message: 'busy' };
    await send(customer('A1', 'Acme', { email: 'info@acme.example' }));
    expect(sent()).toEqual([]);
    expect(await stage.deliveries()).toMatchObject([{ status: 'retrying', last_error: { code: 'http_503' } }]);
    stage.refusal = { category: 'validation', code: '4001', message: 'no such field' };
    await stage.tenants.run(stage.tenant, (tx) => tx.query(`update deliveries set next_attempt_at = now()`));
    await stage.drain();
    expect(await stage.deliveries()).toMatchObject([{ status: 'succeeded', attempts: 2 }]);
  });
});
