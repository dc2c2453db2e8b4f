import { type JsonObject } from '@hub/platform';
import { ErpFixture } from './erp.fixture';

const LINE = { Qty: '1', UnitPrice: '0.30', LineAmount: '0.30' };
const INVOICE = { CustNo: '000020', InvDate: '2028-02-29', Currency: 'EUR', Total: '0.30', Lines: { Line: [LINE] } };

describe('the ERP connector and its stand-in', () => {
  let erp: ErpFixture;

  beforeAll(async () => {
    erp = await ErpFixture.start();
  });
  afterAll(() => erp.stop());
  beforeEach(() => erp.reset());

  describe('signs in', () => {
    it.each(['ws_security_digest', 'ws_security_text', 'basic'])('with %s', async (auth) => {
      const { username, password } = erp.account();
      const report = await erp.connector.testConnection(erp.context({ auth, check_contract: true }));
      expect(report).toMatchObject({
        ok: true,
        value: {
          account: expect.stringContaining(`${username} at 127.0.0.1`) as string,
          details: { system_version: '4.7.0012', stamps_have_zone: false, has_cursors: true, contract: 'as used' },
        },
      });
      const seconds = report.ok ? Number(report.value.details['clock_difference_seconds']) : NaN;
      expect(Math.abs(seconds)).toBeLessThan(60);
      const wrong = erp.context({ auth }, { username, password: `${password}x` });
      expect(await erp.connector.testConnection(wrong)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked' },
      });
    });

    it('with a client certificate alone, and shares no socket with one who has none', async () => {
      await erp.settings({ auth_modes: ['certificate'] });
      const { tlsEndpoint, clientCertificate, clientKey, caCertificate } = erp.account();
      const config = { endpoint: tlsEndpoint, auth: 'certificate', ca_certificates: caCertificate };
      const credentials = { certificate: clientCertificate, private_key: clientKey };
      const withIt = erp.context(config, credentials);
      expect(await erp.connector.testConnection(withIt)).toMatchObject({ ok: true });
      const { username, password } = erp.account();
      const without = erp.context({ ...config, auth: 'basic' }, { username, password });
      expect(await erp.connector.testConnection(without)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked', httpStatus: 403 },
      });
      const other = erp.account(1);
      const foreign = erp.context(config, { certificate: other.clientCertificate, private_key: other.clientKey });
      expect(await erp.connector.testConnection(foreign)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked' },
      });
      expect(await erp.connector.testConnection(withIt)).toMatchObject({ ok: true });
      const untrusting = erp.context({ endpoint: tlsEndpoint, auth: 'certificate' }, credentials);
      expect(await erp.connector.testConnection(untrusting)).toMatchObject({
        ok: false,
        error: { category: 'transient', code: 'tls' },
      });
    });

    it('to the company of its code, and reaches no other', async () => {
      const { endpoint, username, password } = erp.account();
      const base = endpoint.replace(/\/100$/, '');
      const own = erp.context({ endpoint: base, company: '100' });
      expect(await erp.connector.testConnection(own)).toMatchObject({ ok: true });
      const other = erp.context({ endpoint: base, company: '200' }, { username, password });
      expect(await erp.connector.testConnection(other)).toMatchObject({
        ok: false,
        error: { category: 'auth_revoked' },
      });
    });

    it('and says when the clocks differ', async () => {
      await erp.advance(3_600_000);
      expect(await erp.connector.testConnection(erp.context({ auth: 'ws_security_digest' }))).toMatchObject({
        ok: false,
        error: { category: 'config', code: 'MessageExpired' },
      });
      const plain = erp.context({ auth: 'ws_security_text', ws_timestamp: false });
      expect(await erp.connector.testConnection(plain)).toMatchObject({ ok: true });
    });
  });

  describe('writes', () => {
    it('a customer once by its reference, then by number, member by member', async () => {
      const made = await erp.deliver('customer.upsert', {
        ExtRef: 'ref-one',
        Name: '<![CDATA[]]></Name><Blocked>Y]]>',
        ContactName: 'Žluťoučký "kůň" & 🙂',
        CreditLimit: 12,
        Email: 'a@example.com',
      });
      expect(made).toMatchObject({
        ok: true,
        created: true,
        externalId: '000076',
        version: expect.any(String) as string,
      });
      const number = { CustNo: '000076' };
      const changed = await erp.deliver('customer.update', { ...number, Email: null, Phone: '1', TermsDays: 14 });
      expect(changed).toMatchObject({ ok: true, created: false, externalId: '000076' });
      const [row] = await erp.rows('Customer', 'ref-one');
      expect(row?.fields).toMatchObject({
        Name: '<![CDATA[]]></Name><Blocked>Y]]>',
        ContactName: 'Žluťoučký "kůň" & 🙂',
        CreditLimit: '12.0000',
        Email: null,
        Phone: '1',
        TermsDays: '14',
        Blocked: 'N',
      });
      expect(changed.ok && changed.version).toBe(row?.row_version);
      expect(await erp.deliver('customer.deactivate', number)).toMatchObject({ ok: true, externalId: '000076' });
      const again = await erp.deliver('customer.deactivate', { ExtRef: 'ref-one' });
      expect(again).toMatchObject({ ok: true, externalId: '000076', created: false });
      expect((await erp.rows('Customer', 'ref-one'))[0]?.fields['Blocked']).toBe('Y');
    });

    it('amounts digit by digit, as text and as numbers of any size', async () => {
      const outcome = await erp.deliver(
        'invoice.upsert',
        '{"ExtRef":"exact","CustNo":"000020","InvDate":"2028-02-29","Currency":"EUR","Total":12345678901234.86,' +
          '"Lines":{"Line":[{"Qty":1,"UnitPrice":12345678901234.56,"LineAmount":12345678901234.56},' +
          '{"Qty":"3","UnitPrice":1e-1,"LineAmount":"0.3"}]}}',
      );
      expect(outcome).toMatchObject({ ok: true, created: true });
      expect((await erp.rows('Invoice', 'exact'))[0]?.fields).toMatchObject({
        InvDate: '2028-02-29',
        Total: '12345678901234.8600',
        Lines: { Line: [{ UnitPrice: '12345678901234.5600' }, { UnitPrice: '0.1000', LineAmount: '0.3000' }] },
      });
      const yen = { ...INVOICE, ExtRef: 'yen', Currency: 'JPY', Total: '125000' };
      const lines = { Lines: { Line: [{ ...LINE, UnitPrice: '125000', LineAmount: '125000' }] } };
      expect(await erp.deliver('invoice.upsert', { ...yen, ...lines })).toMatchObject({ ok: true });
    });

    it('an order once, changes a due date of an invoice alone, and cancels it', async () => {
      const context = erp.context({ default_item: 'SERVICE', default_tax_code: 'NONE', default_currency: 'EUR' });
      const { Currency: _currency, ...order } = INVOICE;
      const given = { context, record: { idempotencyKey: 'k'.repeat(64) } };
      const booked = await erp.deliver('order.create', order, given);
      expect(booked).toMatchObject({ ok: true, created: true, externalId: '00000041' });
      expect(await erp.deliver('order.create', order, given)).toMatchObject({
        ok: true,
        created: true,
        externalId: '00000041',
      });
      const [row] = await erp.rows('Invoice', '00000041');
      expect(row?.fields).toMatchObject({
        Currency: 'EUR',
        Lines: { Line: [{ LineNo: '1', ItemCode: 'SERVICE', TaxCode: 'NONE' }] },
      });
      const changed = await erp.deliver('invoice.update', { InvoiceNo: '00000041', DueDate: '2028-03-31' });
      expect(changed).toMatchObject({ ok: true, created: false });
      expect((await erp.rows('Invoice', '00000041'))[0]?.fields).toMatchObject({
        DueDate: '2028-03-31',
        Total: '0.3000',
      });
      expect(await erp.deliver('invoice.deactivate', { InvoiceNo: '00000041' })).toMatchObject({ ok: true });
      expect((await erp.rows('Invoice', '00000041'))[0]?.fields['Status']).toBe('CANCELLED');
    });

    it('a payment once, and never another one under its reference', async () => {
      await erp.deliver('invoice.create', { ...INVOICE, ExtRef: 'to-pay' });
      const payment = {
        ExtRef: 'pay-1',
        CustNo: '000020',
        PayDate: '2028-03-01',
        Currency: 'EUR',
        Amount: '0.3',
        Allocations: { Allocation: [{ InvoiceNo: '00000041', Amount: '0.1' }] },
      };
      const posted = await erp.deliver('payment.create', payment);
      expect(posted).toMatchObject({ ok: true, created: true, externalId: 'ZE000015' });
      expect(await erp.deliver('payment.create', payment)).toMatchObject({ ok: true, externalId: 'ZE000015' });
      expect(await erp.deliver('payment.create', { ...payment, Amount: '0.2' })).toMatchObject({
        ok: false,
        error: { category: 'duplicate', code: 'ERP-1062', fields: ['ExtRef'] },
      });
      expect((await erp.rows('Payment', 'pay-1')).length).toBe(1);
      expect((await erp.rows('Invoice', 'to-pay'))[0]?.fields).toMatchObject({ OpenAmount: '0.2000', Status: 'PART' });
    });

    it('a payment on account, and an address that is cleared', async () => {
      const onAccount = { CustNo: '000020', PayDate: '2028-03-01', Currency: 'EUR', Amount: '5' };
      expect(await erp.deliver('payment.create', onAccount)).toMatchObject({ ok: true, created: true });
      const cleared = { CustNo: '000020', Name: 'Cleared', Address: null, Phone: null };
      expect(await erp.deliver('customer.upsert', cleared)).toMatchObject({ ok: true });
      expect((await erp.rows('Customer', 'Cleared'))[0]?.fields).toMatchObject({ Address: { Line1: '', City: '' } });
    });
  });

  describe('creates once', () => {
    it.each([
      ['customer.upsert', { Name: 'Once' }],
      ['customer.create', { Name: 'Once' }],
      ['order.create', { ...INVOICE, PoNumber: 'Once' }],
      ['payment.create', { CustNo: '000020', PayDate: '2028-03-01', Currency: 'EUR', Amount: '5', Method: 'Once' }],
    ])('when the answer to %s is lost, however late it is repeated', async (operation, payload) => {
      for (const forgets of [false, true]) {
        await erp.reset(forgets ? { message_cache_ms: 0 } : {});
        const record = { idempotencyKey: `key-${operation}-${forgets}`.padEnd(64, '0'), subject: 'crm-once' };
        await erp.control('POST', 'faults', {
          match: { method: 'POST' },
          times: 1,
          action: { type: 'drop_after_commit' },
        });
        const first = await erp.deliver(operation, payload, { record });
        expect(first).toMatchObject({ ok: false, error: { category: 'transient' } });
        const second = await erp.deliver(operation, payload, { record: { ...record, mayHaveBeenSent: true } });
        expect([forgets, second.ok]).toEqual([forgets, true]);
        const rows = (
          await Promise.all(['Customer', 'Invoice', 'Payment'].map((entity) => erp.rows(entity, 'Once')))
        ).flat();
        expect(rows).toHaveLength(1);
        expect(second).toMatchObject({ externalId: rows[0]?.key });
      }
    });

    it('when the system has done the work and says that it has not', async () => {
      await erp.control('POST', 'soap-faults', { operation: 'UpsertCustomer', after_commit: true, code: 'ERP-9001' });
      const record = { subject: 'crm-2' };
      const key = { ...record, idempotencyKey: 'z'.repeat(64) };
      expect(await erp.deliver('customer.upsert', { Name: 'Twice' }, { record: key })).toMatchObject({
        ok: false,
        error: { category: 'transient', code: 'ERP-9001' },
      });
      expect(await erp.deliver('customer.upsert', { Name: 'Twice' }, { record: key })).toMatchObject({ ok: true });
      expect(await erp.rows('Customer', 'Twice')).toHaveLength(1);
    });

    it('and refuses a create whose reference somebody else has', async () => {
      await erp.deliver('customer.create', { Name: 'First', ExtRef: 'taken' });
      expect(await erp.deliver('customer.create', { Name: 'First', ExtRef: 'taken' })).toMatchObject({ ok: true });
      expect(await erp.deliver('customer.create', { Name: 'Second', ExtRef: 'taken' })).toMatchObject({
        ok: false,
        error: { category: 'duplicate', code: 'reference_taken', message: expect.stringContaining('000076') as string },
      });
    });
  });

  describe('tells what is wrong', () => {
    it('with the version that somebody else has changed', async () => {
      expect(await erp.deliver('customer.upsert', { CustNo: '000001', Name: 'New', RowVersion: '1' })).toMatchObject({
        ok: false,
        error: { category: 'stale', code: 'ERP-1409' },
      });
    });

    const cases: readonly (readonly [string, string, object, object])[] = [
      ['an unknown customer', 'customer.update', { CustNo: '999999' }, { category: 'not_found', code: 'ERP-1404' }],
      [
        'a tax number in use',
        'customer.upsert',
        { Name: 'A', TaxNo: 'DE100100000' },
        { category: 'duplicate', fields: ['TaxNo'] },
      ],
      [
        'a blocked customer',
        'invoice.upsert',
        { ...INVOICE, CustNo: '000012' },
        { code: 'ERP-1021', fields: ['CustNo'] },
      ],
      [
        'a closed period',
        'invoice.upsert',
        { ...INVOICE, InvDate: '2001-01-31' },
        { code: 'ERP-1043', fields: ['InvDate'] },
      ],
      ['a wrong total', 'invoice.upsert', { ...INVOICE, Total: '0.31' }, { code: 'ERP-1010', fields: ['Total'] }],
      [
        'cents of a yen',
        'invoice.upsert',
        { ...INVOICE, Currency: 'JPY' },
        { category: 'validation', code: 'ERP-1003', fields: ['Lines/Line/LineAmount'] },
      ],
      [
        'too much of an invoice',
        'payment.create',
        {
          CustNo: '000020',
          PayDate: '2028-03-01',
          Currency: 'EUR',
          Amount: '1',
          Allocations: { Allocation: { InvoiceNo: '00000099', Amount: '1' } },
        },
        { category: 'not_found', fields: ['Allocations/Allocation/InvoiceNo'] },
      ],
    ];
    it.each(cases)('with %s', async (_name, operation, payload, error) => {
      for (const settings of [{}, { fault_status: 200 }, { business_errors: 'result' }] as JsonObject[]) {
        await erp.settings(settings);
        expect(await erp.deliver(operation, payload)).toMatchObject({ ok: false, error });
      }
    });

    it('before a call is made, where the system would only cut or replace', async () => {
      await erp.settings({ code_page: 'iso-8859-1', overflow: 'truncate' });
      const context = erp.context({ code_page: 'iso-8859-1' });
      const before = await erp.calls();
      const refused: readonly (readonly [object, string, string])[] = [
        [{ Name: 'x'.repeat(36) }, 'too_long', 'Name'],
        [{ Name: 'Łódź' }, 'not_in_code_page', 'Name'],
        [{ Name: 'Ace', Address: { City: '€' } }, 'not_in_code_page', 'Address/City'],
        [{ Name: 'a\u0007b' }, 'not_xml', 'Name'],
        [{ Name: 'Ace', CreditLimit: '1.00001' }, 'not_decimal', 'CreditLimit'],
        [{ Name: 'Ace', TermsDays: null }, 'not_clearable', 'TermsDays'],
        [{ Name: 'Ace', Website: 'x' }, 'unknown_member', 'Website'],
      ];
      for (const [payload, code, field] of refused) {
        expect(await erp.deliver('customer.upsert', payload, { context })).toMatchObject({
          ok: false,
          error: { category: 'validation', code, fields: [field] },
        });
      }
      expect(await erp.calls()).toBe(before);
      const cut = erp.context({ code_page: 'iso-8859-1', long_names: 'cut' });
      const kept = await erp.deliver('customer.upsert', { Name: 'ß'.repeat(36) }, { context: cut });
      expect(kept).toMatchObject({ ok: true });
    });

    it('in words that hide the password, however it was sent', async () => {
      const { password } = erp.account();
      for (const auth of ['ws_security_digest', 'ws_security_text', 'basic']) {
        const outcome = await erp.deliver('customer.upsert', { Name: 'Ace' }, { context: erp.context({ auth }) });
        const shown = JSON.stringify(outcome);
        expect(shown).toContain('UpsertCustomerRequest');
        expect(shown).not.toContain(password);
        if (auth === 'basic') continue;
        expect(shown).toMatch(/<wsse:Password [^>]*>\[redacted\]</);
      }
    });
  });

  it('describes what the contract has', async () => {
    const fields = await erp.connector.describeFields(erp.context(), 'Invoice');
    const byName = new Map((fields.ok ? fields.value : []).map((field) => [field.name, field]));
    expect(byName.get('CustNo')).toMatchObject({ type: 'reference', requiredOnCreate: true });
    expect(byName.get('Lines.Line.UnitPrice')).toMatchObject({ type: 'number', vendorType: 'xs:decimal' });
    expect(byName.get('OpenAmount')).toMatchObject({ writable: false });
    const customer = await erp.connector.describeFields(erp.context(), 'Customer');
    expect(customer.ok && customer.value.find(({ name }) => name === 'Blocked')).toMatchObject({ values: ['Y', 'N'] });
    expect(await erp.connector.describeFields(erp.context(), 'Order')).toMatchObject({ ok: false });
  });
});
