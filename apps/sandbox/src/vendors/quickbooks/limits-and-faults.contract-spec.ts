import { QuickBooksFixture, type Answer, type Body } from './fixtures/quickbooks-fixture';

describe('limits, faults and the control plane of the QuickBooks sandbox', () => {
  let fixture: QuickBooksFixture;

  beforeAll(async () => {
    fixture = await QuickBooksFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.reset({ empty: true }));

  const create = (DisplayName: string, requestId?: string): Promise<Answer> =>
    fixture.post(`/customer${requestId === undefined ? '' : `?requestid=${requestId}`}`, { DisplayName });
  const count = async (index: 0 | 1 = 0): Promise<number> =>
    (await fixture.query('select count(*) from Customer', index)).body.QueryResponse.totalCount;

  it('the same request id gives the first answer again, whatever the body says now', async () => {
    const first = await create('First', 'r-1');
    const again = await create('Something else', 'r-1');
    expect(again.body).toEqual(first.body);
    expect(await count()).toBe(1);
    // Ids are the company's own.
    const other = await fixture.post('/customer?requestid=r-1', { DisplayName: 'First' }, 1);
    expect(other.status).toBe(200);
    expect(await count(1)).toBe(1);
    const { body } = await fixture.admin('GET', '/request-ids?realm=acme');
    expect(body.request_ids).toMatchObject([{ request_id: 'r-1', replays: 1 }]);
  });

  it('a request id that ended in a refusal can be used again; one too long never', async () => {
    await create('Taken');
    expect((await create('Taken', 'r-2')).status).toBe(400);
    expect((await create('Free', 'r-2')).status).toBe(200);
    expect((await fixture.fault(create('X', 'x'.repeat(51)))).code).toBe('2130');
  });

  it('forgets a request id after its time', async () => {
    await create('Once', 'r-3');
    await fixture.admin('POST', '/clock', { advance_ms: 24 * 3_600_000 + 1_000 });
    fixture.forgetTokens();
    expect((await fixture.fault(create('Once', 'r-3'))).code).toBe('6240');
  });

  it('drop_after_commit: the record is there, the answer is not, and the request id finds it', async () => {
    await fixture.admin('POST', '/faults', {
      match: { method: 'POST', path: '/customer' },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    await fixture.get('/preferences');
    await expect(create('Lost', 'r-4')).rejects.toThrow();
    expect(await count()).toBe(1);
    const again = await create('Lost', 'r-4');
    expect(again.body.Customer).toMatchObject({ DisplayName: 'Lost', SyncToken: '0' });
    expect(await count()).toBe(1);
    expect((await fixture.fault(create('Lost', 'r-5'))).code).toBe('6240');
  });

  it.each([
    [
      'throttle_429',
      429,
      'application/xml',
      '<Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429',
    ],
    ['throttle_403', 403, 'application/xml', '<Error code="3001">'],
    ['service_unavailable', 503, 'text/html', '503 Service Temporarily Unavailable'],
    ['gateway_timeout', 504, 'application/json', '"code":"6002"'],
    ['system_fault', 500, 'application/json', '"code":"10000"'],
    ['fault_in_200', 200, 'application/json', '"type":"SystemFault"'],
    ['auth_expired_xml', 401, 'application/xml', 'AuthenticationErrorGeneral: SRV-110'],
  ])('%s answers as the vendor does, and nothing is written', async (preset, status, type, text) => {
    await fixture.get('/preferences');
    await fixture.admin('POST', '/faults/preset', { preset, match: { path: '/customer' }, times: 1 });
    const response = await fetch(`${fixture.url}/v3/company/${fixture.account().realmId}/customer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"DisplayName":"F"}',
    });
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
    expect(response.headers.get('intuit_tid')).not.toBeNull();
    expect(await response.text()).toContain(text);
    expect(await count()).toBe(0);
  });

  it('a fault may strike after the work is done', async () => {
    await fixture.get('/preferences');
    const rule = { preset: 'gateway_timeout', match: { path: '/customer' }, times: 1, after_commit: true };
    await fixture.admin('POST', '/faults/preset', rule);
    expect((await create('Done')).status).toBe(504);
    expect(await count()).toBe(1);
    expect(
      (await fixture.admin('POST', '/faults/preset', { preset: 'system_fault', match: { path: '(' } })).status,
    ).toBe(400);
  });

  it('throttles a company per minute, in XML whatever was asked for', async () => {
    await fixture.admin('POST', '/settings', { realm: 'acme', requests_per_minute: 3, retry_after_seconds: 60 });
    for (let call = 0; call < 3; call++) expect((await fixture.get('/preferences')).status).toBe(200);
    const refused = await fixture.get('/preferences');
    expect([refused.status, refused.headers.get('content-type'), refused.headers.get('retry-after')]).toEqual([
      429,
      'application/xml;charset=UTF-8',
      '60',
    ]);
    expect(refused.body).toContain('<Error code="3001">');
    expect((await fixture.get('/preferences', 1)).status).toBe(200);
    await fixture.admin('POST', '/settings', { realm: 'acme', throttle_status: 403 });
    expect((await fixture.get('/preferences')).status).toBe(403);
    // Batches have a limit of their own.
    const items = [{ bId: '1', Query: 'select count(*) from Customer' }];
    expect((await fixture.post('/batch', { BatchItemRequest: items })).status).toBe(200);
    await fixture.admin('POST', '/clock', { advance_ms: 60_000 });
    expect((await fixture.get('/preferences')).status).toBe(200);
  });

  it('throttles batches, calls per second and calls at a time', async () => {
    await fixture.get('/preferences');
    await fixture.admin('POST', '/clock', { freeze: true });
    const batch = (): Promise<Answer> =>
      fixture.post('/batch', { BatchItemRequest: [{ bId: '1', Query: 'select count(*) from Customer' }] });
    await fixture.admin('POST', '/settings', { realm: 'acme', batches_per_minute: 1 });
    expect([(await batch()).status, (await batch()).status]).toEqual([200, 429]);
    await fixture.admin('POST', '/clock', { advance_ms: 1_000 });
    await fixture.admin('POST', '/settings', { realm: 'acme', requests_per_second: 2 });
    const statuses = [];
    for (let call = 0; call < 3; call++) statuses.push((await fixture.get('/preferences')).status);
    expect(statuses).toEqual([200, 200, 429]);
    await fixture.admin('POST', '/clock', { advance_ms: 1_000 });
    await fixture.admin('POST', '/settings', {
      realm: 'acme',
      requests_per_second: 100,
      concurrent_requests: 2,
      response_delay_ms: 150,
    });
    const together = await Promise.all([1, 2, 3].map(() => fixture.get('/preferences')));
    expect(together.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
    expect((await fixture.get('/preferences')).status).toBe(200);
  });

  it('starts with the vendor’s own limits', async () => {
    const real = await QuickBooksFixture.start({ limitFactor: 1 });
    try {
      const { body } = await real.admin('GET', '/settings');
      expect(body.companies[0]).toMatchObject({
        requestsPerMinute: 500,
        requestsPerSecond: 10,
        concurrentRequests: 10,
        batchesPerMinute: 40,
      });
    } finally {
      await real.close();
    }
  });

  it('access tokens last an hour of the virtual clock', async () => {
    await fixture.admin('POST', '/clock', { freeze: true });
    await fixture.get('/preferences');
    await fixture.admin('POST', '/clock', { advance_ms: 3_599_000 });
    expect((await fixture.get('/preferences')).status).toBe(200);
    await fixture.admin('POST', '/clock', { advance_ms: 2_000 });
    expect((await fixture.get('/preferences')).status).toBe(401);
  });

  it('a disconnected app is refused everywhere', async () => {
    await fixture.get('/preferences');
    expect((await fixture.admin('POST', '/tokens/revoke', { realm: 'acme' })).body).toEqual({ revoked: 1 });
    expect((await fixture.get('/preferences')).status).toBe(401);
    expect((await fixture.refresh()).body.error).toBe('invalid_grant');
    expect((await fixture.get('/preferences', 1)).status).toBe(200);
  });

  it('keeps a journal without secrets', async () => {
    await create('Seen');
    const { entries } = (await fixture.admin('GET', '/requests')).body;
    expect(entries.map(({ path }: Body) => path)).toContain(`/v3/company/${fixture.account().realmId}/customer`);
    const text = JSON.stringify(entries);
    const { refreshToken, clientSecret } = fixture.account();
    for (const secret of [refreshToken, clientSecret, 'eyJlbmMi', fixture.basic().slice(6)]) {
      expect(text).not.toContain(secret);
    }
  });

  it('shows, seeds and touches records, and shows the vendor’s refusal', async () => {
    const seeded = await fixture.admin('POST', '/seed', {
      realm: 'globex',
      entity: 'Customer',
      records: [{ DisplayName: 'Seeded' }],
    });
    expect(seeded.status).toBe(201);
    const touched = await fixture.admin('POST', '/touch', {
      realm: 'globex',
      entity: 'Customer',
      key: { field: 'DisplayName', value: 'Seeded' },
      fields: { Notes: 'hello' },
    });
    expect(touched.body).toMatchObject({ Notes: 'hello', SyncToken: '1' });
    const listed = await fixture.admin('GET', '/records?realm=globex&entity=Customer&q=hello');
    expect(listed.body).toMatchObject({ total: 1, records: [{ entity: 'Customer', DisplayName: 'Seeded' }] });
    const counts = (await fixture.admin('GET', '/records/counts')).body.companies;
    expect(counts.map((company: Body) => company.counts.Customer)).toEqual([0, 1]);
    const bad = await fixture.admin('POST', '/seed', { entity: 'Customer', records: [{ DisplayName: 'A:B' }] });
    expect([bad.status, bad.body.error]).toEqual([400, expect.stringContaining('2040')]);
    expect((await fixture.admin('POST', '/settings', { no_such_switch: true })).status).toBe(400);
  });

  it('the control plane is closed without its token', async () => {
    expect((await fetch(`${fixture.url}/__admin/records`)).status).toBe(401);
  });

  it('shows the records that arrived on a plain page, newest first, without letting them write on it', async () => {
    await create('<script>alert(1)</script>');
    await create('Newest');
    const page = await (await fetch(`${fixture.url}/`)).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
    expect((await fetch(`${fixture.url}/?entity=Account`)).status).toBe(200);
  });
});
