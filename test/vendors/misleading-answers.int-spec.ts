import { ErpFixture } from './erp.fixture';
import { NetSuiteStage } from './netsuite.fixture';

const STALE = { type: 'stale_read' };
const TWICE = { type: 'duplicate_response' };

describe('answers that mislead', () => {
  describe('of NetSuite', () => {
    let stage: NetSuiteStage;

    beforeAll(async () => {
      stage = await NetSuiteStage.start();
    });
    afterAll(() => stage.stop());
    beforeEach(() => stage.reset());

    const address = (city: string, flags = {}): object => ({
      ...flags,
      addressBookAddress: { addr1: '1 Main St', city, country: { id: 'US' } },
    });
    const billing = (city: string) => ({ items: [address(city, { defaultBilling: true })] }) as never;

    it('each given twice: one record for each, under its own id', async () => {
      await stage.control('POST', 'faults', { action: TWICE });
      const context = stage.context(stage.tba());
      const written: string[] = [];
      for (const name of ['a', 'b', 'c'])
        written.push(await stage.written(context, 'customer.upsert', { companyName: name, externalId: `con-${name}` }));
      const records = await stage.records('customer');
      expect(records.map(({ companyName, id }) => [companyName, id])).toEqual([
        ['a', written[0]],
        ['b', written[1]],
        ['c', written[2]],
      ]);
      const { records: pulled } = await stage.pullAll(context, { object: 'customer', mode: 'full' });
      expect(pulled.map(({ id }) => id)).toEqual(written);
    });

    it('out of date: what a colleague has changed since stays, and a record is made once', async () => {
      const context = stage.context(stage.tba());
      const customer = { companyName: 'Ace', externalId: 'con-1' };
      await stage.control('POST', 'faults', { match: { method: 'GET', path: '/customer/' }, action: STALE });
      // The first question is met before there is a record, and is answered that way ever after.
      const id = await stage.written(context, 'customer.upsert', { ...customer, email: 'a@ace.example' });
      await stage.control('POST', 'touch', {
        type: 'customer',
        id,
        fields: { subsidiary: { id: '2' }, phone: '510-555-0100' },
      });
      expect(await stage.written(context, 'customer.upsert', { ...customer, email: 'b@ace.example' })).toBe(id);
      const [found, ...others] = await stage.records('customer');
      expect(others).toEqual([]);
      expect(found).toMatchObject({ id, email: 'b@ace.example', phone: '510-555-0100' });
    });

    it('out of date: addresses that people have entered since stay', async () => {
      const context = stage.context(stage.tba());
      const customer = { companyName: 'Ace', externalId: 'con-1' };
      const id = await stage.written(context, 'customer.upsert', { ...customer, addressBook: billing('Oakland') });
      await stage.control('POST', 'faults', { match: { method: 'GET', path: '/customer/' }, action: STALE });
      await stage.written(context, 'customer.upsert', { ...customer, addressBook: billing('Berkeley') });
      await stage.control('POST', 'touch', {
        type: 'customer',
        id,
        fields: { addressBook: { items: [address('Site', { label: 'Site' })] } },
      });
      await stage.written(context, 'customer.upsert', { ...customer, addressBook: billing('Alameda') });
      expect((await stage.records('customer'))[0]).toMatchObject({
        addressBook: {
          items: [{ addressBookAddress: { city: 'Alameda' } }, { addressBookAddress: { city: 'Site' } }],
          totalResults: 2,
        },
      });
    });
  });

  describe('of the ERP', () => {
    let erp: ErpFixture;

    beforeAll(async () => {
      erp = await ErpFixture.start();
    });
    afterAll(() => erp.stop());
    beforeEach(() => erp.reset());

    it('each given twice: one record for each, under its own key', async () => {
      await erp.control('POST', 'faults', { action: TWICE });
      for (const [index, Name] of ['Twice a', 'Twice b', 'Twice c'].entries())
        expect(await erp.deliver('customer.upsert', { Name, ExtRef: Name })).toMatchObject({
          ok: true,
          created: true,
          externalId: String(76 + index).padStart(6, '0'),
        });
      expect(await erp.rows('Customer', 'Twice')).toHaveLength(3);
      const full = await erp.pull(erp.context(), { mode: 'full' });
      expect([full.error, full.records.length]).toEqual([null, 78]);
    });

    it.each(['basic', 'ws_security_digest'])(
      'out of date: a sparse change is refused rather than undo what a colleague has changed since (%s)',
      async (auth) => {
        const given = { context: erp.context({ auth }) };
        const change = (fields: object) => erp.deliver('customer.update', { CustNo: '000008', ...fields }, given);
        await erp.control('POST', 'faults', { match: { body: 'GetCustomerRequest' }, action: STALE });
        expect(await change({ Phone: '+49 1' })).toMatchObject({ ok: true });
        await erp.control('POST', 'touch', { key: '000008', fields: { Email: 'new@example.com' } });
        expect(await change({ Phone: '+49 2' })).toMatchObject({
          ok: false,
          error: { category: 'stale', code: 'ERP-1409' },
        });
        await erp.control('DELETE', 'faults');
        expect(await change({ Phone: '+49 3' })).toMatchObject({ ok: true });
        const row = (await erp.rows('Customer', '000008')).find(({ key }) => key === '000008');
        expect(row?.fields).toMatchObject({ Phone: '+49 3', Email: 'new@example.com' });
      },
    );

    it('out of date: a full listing shows nothing as gone that can be read', async () => {
      await erp.control('POST', 'faults', { match: { body: 'GetChangesSinceRequest' }, action: STALE });
      const before = await erp.pull(erp.context(), { mode: 'full' });
      const [key = ''] = await erp.seed({ records: [{ Name: 'Behind the copy' }] });
      const after = await erp.pull(erp.context(), { mode: 'full' });
      expect(after.records.map(({ id, version }) => [id, version])).toEqual(
        before.records.map(({ id, version }) => [id, version]),
      );
      const read = await erp.connector.readRecords(erp.context(), 'Customer', [key]);
      expect(read.ok && read.value.map(({ id }) => id)).toEqual([key]);
    });
  });
});
