import { ErpFixture, texts, type SoapAnswer } from './fixtures/erp-fixture';

describe('trouble with the ERP sandbox', () => {
  let fixture: ErpFixture;

  beforeAll(async () => {
    fixture = await ErpFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    await fixture.settings({ call_delay_ms: 0 });
  });

  const upsert = (ref: string, id = `m-${ref}`, name = 'Ace'): Promise<SoapAnswer> =>
    fixture.call(
      'UpsertCustomer',
      `<MessageId>${id}</MessageId><Customer><ExtRef>${ref}</ExtRef><Name>${name}</Name></Customer>`,
    );
  const counts = async (): Promise<Record<string, number>[]> => {
    type Counts = { companies: { counts: Record<string, number> }[] };
    return (await fixture.admin<Counts>('GET', '/records/counts')).body.companies.map(({ counts: each }) => each);
  };
  const customers = async (): Promise<number | undefined> => (await counts())[0]?.Customer;
  const action = ({ body }: SoapAnswer): string | undefined => texts(body, 'Action')[0];

  it('creates once when the line is cut after the commit', async () => {
    await fixture.admin('POST', '/faults', {
      match: { body: 'UpsertCustomerRequest' },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    await expect(upsert('d')).rejects.toThrow();
    expect(await customers()).toBe(76);
    const repeated = await upsert('d');
    expect([action(repeated), texts(repeated.body, 'Key'), await customers()]).toEqual(['Duplicate', ['000076'], 76]);
  });

  it('answers a repeated message from memory, by either habit, until it forgets', async () => {
    expect(action(await upsert('a'))).toBe('Created');
    await fixture.settings({ replay_action: 'original' });
    expect(action(await upsert('a'))).toBe('Created');
    const reused = await upsert('a', 'm-a', 'Other');
    expect(reused.fault?.detail).toMatchObject({ Code: 'ERP-1063', Field: 'MessageId' });
    await fixture.settings({ message_cache_ms: 1_000 });
    await fixture.admin('POST', '/clock', { advance_ms: 1_000 });
    expect(action(await upsert('a'))).toBe('Unchanged');
    expect((await upsert('b', ' ')).fault?.detail).toMatchObject({ Code: 'ERP-1001', Field: 'MessageId' });
    expect(await customers()).toBe(76);
  });

  it('creates once from two calls at the same time', async () => {
    await fixture.settings({ call_delay_ms: 50 });
    const both = await Promise.all([upsert('p'), upsert('p')]);
    expect(both.map(action).sort()).toEqual(['Created', 'Duplicate']);
  });

  it('has two sessions, and a caller who hangs up keeps his until the work is done', async () => {
    // Longer than any machine is slow: who is answered before it was refused.
    await fixture.settings({ company: 'acme', call_delay_ms: 60_000 });
    const gone = new AbortController();
    const ping = (signal?: AbortSignal): Promise<SoapAnswer> => fixture.call('Ping', '', { signal });
    const three = [1, 2, 3].map(() => ping(gone.signal));
    expect(await Promise.race(three)).toMatchObject({
      status: 500,
      fault: { code: 'soap:Server', detail: { Code: 'ERP-9429', Retryable: 'true' } },
    });
    gone.abort();
    const ends = await Promise.all(three.map((call) => call.catch(() => 'gone')));
    expect(ends.filter((end) => end === 'gone')).toHaveLength(2);
    expect((await ping()).fault?.detail.Code).toBe('ERP-9429');
    const other = await fixture.call('Ping', '', { path: '/erp/200', security: fixture.token(fixture.account(1)) });
    expect(other.status).toBe(200);
  });

  it('works on for every row that it reads', async () => {
    await fixture.settings({ row_delay_ms: 100, session_limit: 1 });
    const gone = new AbortController();
    const slow = fixture
      .call('GetChangesSince', '<EntityType>Customer</EntityType><MaxRows>20</MaxRows>', { signal: gone.signal })
      .catch(() => undefined);
    // Without the delay no call ever finds another one at work.
    let code: string | undefined;
    for (let tries = 0; tries < 50 && code === undefined; tries++) {
      code = (await fixture.call('Ping', '')).fault?.detail.Code;
    }
    expect(code).toBe('ERP-9429');
    gone.abort();
    await slow;
  });

  it('does nothing but Ping during the nightly batch, in its own time zone', async () => {
    await fixture.settings({ nightly_window: { from: '02:00', to: '04:00' } });
    await fixture.admin('POST', '/clock', { freeze: '2026-07-01T01:59:59Z' });
    const { fault } = await upsert('n');
    expect(fault?.code).toBe('soap:Server');
    expect(fault?.detail).toMatchObject({ Code: 'ERP-9002', Message: 'nightly batch running until 04:00' });
    expect((await fixture.call('Ping', '')).status).toBe(200);
    await fixture.admin('POST', '/clock', { freeze: '2026-07-01T02:00:00Z' });
    expect(action(await upsert('n'))).toBe('Created');
  });

  it('answers empty, with HTML, or half, as the fault rules say', async () => {
    await fixture.admin('POST', '/faults', {
      rules: [
        { times: 1, action: { type: 'empty', status: 200 } },
        { times: 1, action: { type: 'html', status: 503 } },
        { times: 1, action: { type: 'truncate' } },
        { times: 1, action: { type: 'reset' } },
      ],
    });
    expect(await upsert('e')).toMatchObject({ status: 200, body: '' });
    expect(await upsert('h')).toMatchObject({ status: 503 });
    await expect(upsert('t')).rejects.toThrow();
    await expect(upsert('r')).rejects.toThrow();
    // Emptied and truncated answers belong to work that was done.
    expect(await customers()).toBe(77);
  });

  it('plays any fault of its own on one operation, also after the work', async () => {
    await fixture.admin('POST', '/soap-faults', {
      operation: 'UpsertCustomer',
      company: 'acme',
      after: 1,
      http_status: 200,
    });
    await fixture.admin('POST', '/soap-faults', {
      body: 'late',
      fault: 'Client',
      code: 'ERP-1043',
      message: 'Posting period is closed',
      field: 'InvDate',
      retryable: false,
      after_commit: true,
    });
    expect(action(await upsert('1'))).toBe('Created');
    const locked = await upsert('2');
    expect([locked.status, locked.fault?.detail]).toMatchObject([200, { Code: 'ERP-9001', Retryable: 'true' }]);
    expect((await upsert('late')).fault?.detail).toMatchObject({ Code: 'ERP-1043', Field: 'InvDate' });
    expect(await customers()).toBe(77);
    expect((await fixture.admin('POST', '/soap-faults', { operation: 'Upsert' })).status).toBe(400);
  });

  it('keeps the two companies apart, though their numbers are the same', async () => {
    const read = async (index: 0 | 1): Promise<string | undefined> => {
      const path = `/erp/${fixture.account(index).companyCode}`;
      const security = fixture.token(fixture.account(index));
      const { body } = await fixture.call('GetCustomer', '<CustNo>000001</CustNo>', { path, security });
      return texts(body, 'TaxNo')[0];
    };
    expect([await read(0), await read(1)]).toEqual(['DE100100000', 'US200100000']);
    await upsert('hub-1');
    const elsewhere = await fixture.call('GetCustomer', '<ExtRef>hub-1</ExtRef>', {
      path: '/erp/200',
      security: fixture.token(fixture.account(1)),
    });
    expect(elsewhere.fault?.detail.Code).toBe('ERP-1404');
    await fixture.settings({ company: 'globex', session_limit: 7 });
    type Settings = { companies: { session_limit: number }[] };
    const { body } = await fixture.admin<Settings>('GET', '/settings');
    expect(body.companies.map(({ session_limit }) => session_limit)).toEqual([2, 7]);
  });

  it('repeats invoice numbers each year when told to, and finds the youngest', async () => {
    await fixture.settings({ invoice_numbering: 'per_year' });
    const invoice = (ref: string, date: string): Promise<SoapAnswer> =>
      fixture.call(
        'UpsertInvoice',
        `<MessageId>${ref}</MessageId><Invoice><ExtRef>${ref}</ExtRef><CustNo>000001</CustNo><InvDate>${date}</InvDate><Currency>EUR</Currency><Total>1</Total><Lines><Line><LineNo>1</LineNo><Qty>1</Qty><UnitPrice>1</UnitPrice><LineAmount>1</LineAmount></Line></Lines></Invoice>`,
      );
    const keys = [await invoice('y1', '2031-05-01'), await invoice('y2', '2032-05-01')].map(
      ({ body }) => texts(body, 'Key')[0],
    );
    expect(keys).toEqual(['00000001', '00000001']);
    const { body } = await fixture.call('GetInvoice', '<InvoiceNo>00000001</InvoiceNo>');
    expect(texts(body, 'ExtRef')).toEqual(['y2']);
    expect(texts((await fixture.call('GetInvoice', '<ExtRef>y1</ExtRef>')).body, 'InvDate')).toEqual(['2031-05-01']);
  });

  it('cancels an open invoice and nothing else', async () => {
    const row = (
      await fixture.admin<{ records: { fields: Record<string, unknown> }[] }>('GET', '/records?entity=Invoice')
    ).body;
    const open = row.records.find(({ fields }) => fields.Status === 'OPEN')?.fields.InvoiceNo;
    const paid = row.records.find(({ fields }) => fields.Status === 'PAID')?.fields.InvoiceNo;
    const cancel = (key: unknown): Promise<{ status: number; body: unknown }> =>
      fixture.admin('POST', '/touch', { entity: 'Invoice', key, fields: { Status: 'CANCELLED' } });
    expect((await cancel(open)).status).toBe(200);
    const refused = await cancel(paid);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('ERP-1044')]);
    const { body } = await fixture.call('GetInvoice', `<InvoiceNo>${String(open)}</InvoiceNo>`);
    expect([texts(body, 'Status'), texts(body, 'OpenAmount')]).toEqual([['CANCELLED'], ['0.0000']]);
  });

  it('obeys only the token, and refuses what it does not know', async () => {
    const bare = await fetch(`${fixture.erp.url}/__admin/accounts`);
    expect(bare.status).toBe(401);
    const refused = [
      await fixture.admin('POST', '/settings', { sesion_limit: 1 }),
      await fixture.admin('POST', '/settings', { time_zone: 'Mars/Olympus' }),
      await fixture.admin('POST', '/settings', { company: '300' }),
      await fixture.admin('POST', '/seed', { records: [{ Name: 'A', Vip: 'Y' }] }),
      await fixture.admin('POST', '/seed', { records: [{ Name: '' }] }),
      await fixture.admin('POST', '/touch', { key: 'x' }),
      await fixture.admin('GET', '/records?entity=Vendor'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 404, 400, 400, 404, 400]);
  });

  it('is the same again after a reset', async () => {
    const before = (await fixture.admin('GET', '/records?entity=Customer&limit=3')).body;
    await upsert('z');
    await fixture.settings({ fault_status: 200 });
    await fixture.reset();
    expect(await counts()).toEqual([
      { Customer: 75, Invoice: 40, Payment: 14 },
      { Customer: 75, Invoice: 40, Payment: 14 },
    ]);
    expect((await fixture.call('GetCustomer', '<CustNo>x</CustNo>')).status).toBe(500);
    type Records = { records: { fields: unknown }[] };
    const fields = ({ records }: Records): unknown[] => records.map((record) => record.fields);
    const after = (await fixture.admin('GET', '/records?entity=Customer&limit=3')).body;
    expect(fields(after as Records)).toEqual(fields(before as Records));
  });

  it('shows a person what arrived, marked as simulated and harmless', async () => {
    await upsert('page', 'm-page', '&lt;script&gt;alert(1)&lt;/script&gt;');
    const page = await (await fetch(`${fixture.erp.url}/?entity=Customer`)).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('Acme Tools (simulated)');
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain(fixture.account().password);
  });
});
