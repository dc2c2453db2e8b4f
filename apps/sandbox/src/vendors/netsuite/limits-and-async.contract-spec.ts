import { type Answer, NetSuiteFixture, type Problem } from './fixtures/netsuite-fixture';

const COMPANY = { companyName: 'Ace Hardware', subsidiary: { id: '1' } };
const ASYNC = { headers: { prefer: 'respond-async' } };

interface Job {
  readonly completed: boolean;
  readonly progress: string;
  readonly items: readonly { readonly id: string }[];
}

describe('limits, jobs, faults and the control plane of the NetSuite sandbox', () => {
  let fixture: NetSuiteFixture;

  beforeAll(async () => {
    fixture = await NetSuiteFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset(false);
  });

  const codeOf = ({ body }: Answer): string | undefined =>
    (body as unknown as Problem)['o:errorDetails'][0]?.['o:errorCode'];
  const create = (companyName: string, account: 0 | 1 = 0): Promise<Answer> =>
    fixture.record('POST', '/customer', { ...COMPANY, companyName }, { account });
  const count = async (type = 'customer'): Promise<number> =>
    (await fixture.admin<{ total: number }>('GET', `/records?type=${type}`)).body.total;
  const pathOf = (location: string | null): string => (location ?? '').slice(`${fixture.url}/services/rest`.length);

  it('serves so many calls at once in an account, and refuses the next one', async () => {
    await fixture.settings({ account: '4512773', concurrency_limit: 2, write_delay_ms: 400 });
    const answers = await Promise.all([create('A'), create('B'), create('C'), create('D', 1)]);
    const statuses = answers.slice(0, 3).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 204, 429]);
    // The other account has places of its own.
    expect(answers[3]?.status).toBe(204);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused && codeOf(refused)).toBe('CONCURRENCY_LIMIT_EXCEEDED');
    expect(refused?.headers.get('retry-after')).toBeNull();
    expect(await count()).toBe(2);
    const { body } = await fixture.admin<{ accounts: object[] }>('GET', '/concurrency');
    expect(body.accounts[0]).toEqual({ account: '4512773', active: 0, peak: 2, refused: 1 });
    expect((await create('E')).status).toBe(204);
  });

  it('shares its places with the customer’s other integrations', async () => {
    await fixture.settings({ concurrency_limit: 5, background_concurrency: 5 });
    expect((await create('A')).status).toBe(429);
    await fixture.settings({ background_concurrency: 4 });
    expect((await create('A')).status).toBe(204);
  });

  it('may hold a call above the limit and then call it a wrong login', async () => {
    await fixture.settings({ concurrency_limit: 0, over_limit: 'invalid_login', over_limit_hold_ms: 50 });
    const refused = await create('A');
    expect([refused.status, codeOf(refused)]).toEqual([401, 'INVALID_LOGIN']);
    expect((await fixture.audited()).at(-1)).toBe('ConcurrencyLimit');
  });

  it('refuses an edit of a record whose last edit is not through yet', async () => {
    await create('A');
    await fixture.settings({ write_delay_ms: 400, error_codes: 'specific' });
    const [customer] = await fixture.rows('SELECT id FROM customer');
    const patch = (phone: string): Promise<Answer> => fixture.record('PATCH', `/customer/${customer?.id}`, { phone });
    const answers = await Promise.all([patch('510-555-0001'), patch('510-555-0002')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 400]);
    const refused = answers.find(({ status }) => status === 400);
    expect(refused && codeOf(refused)).toBe('RCRD_HAS_BEEN_CHANGED');
    expect((await patch('510-555-0003')).status).toBe(204);
  });

  it('commits and then drops the line, once; the upsert that follows makes no second record', async () => {
    await fixture.admin('POST', '/faults', {
      match: { method: 'PUT' },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    const put = (): Promise<Answer> => fixture.record('PUT', '/customer/eid:D-1', COMPANY);
    await expect(put()).rejects.toThrow();
    expect(await count()).toBe(1);
    expect((await put()).status).toBe(204);
    expect(await count()).toBe(1);
    const journal = await fixture.admin<{ total: number; entries: object[] }>('GET', '/requests?method=PUT');
    expect(journal.body).toMatchObject({
      total: 2,
      entries: [{ status: null, fault: 'drop_after_commit' }, { status: 204 }],
    });
    expect(JSON.stringify(journal.body)).not.toContain(fixture.account().tokenId);
  });

  it('takes a call as a job and shows how it goes', async () => {
    await fixture.settings({ async_step_ms: 60_000 });
    const submitted = await fixture.record('POST', '/customer', COMPANY, ASYNC);
    expect([submitted.status, submitted.body, submitted.headers.get('preference-applied')]).toEqual([
      202,
      '',
      'respond-async',
    ]);
    const job = pathOf(submitted.headers.get('location'));
    const show = async (path = ''): Promise<Job> => (await fixture.call<Job>('GET', `${job}${path}`)).body;
    expect(await show()).toMatchObject({ id: '1', completed: false, progress: 'pending' });
    await fixture.admin('POST', '/clock', { advance_ms: 60_000 });
    expect(await show()).toMatchObject({ completed: false, progress: 'processing' });
    expect(await count()).toBe(0);
    expect((await fixture.call('GET', `${job}/task/1/result`)).status).toBe(404);
    await fixture.admin('POST', '/clock', { advance_ms: 60_000 });
    expect(await show()).toMatchObject({ completed: true, progress: 'succeeded' });
    expect((await show('/task')).items).toMatchObject([{ id: '1' }]);
    const result = await fixture.call('GET', `${job}/task/1/result`);
    expect(result.status).toBe(204);
    expect((await fixture.call('GET', pathOf(result.headers.get('location')))).body).toMatchObject({
      companyName: 'Ace Hardware',
    });
  });

  it('knows an idempotency key again, on jobs only', async () => {
    const keyed = { 'x-netsuite-idempotency-key': 'cac827ea-3543-4cda-add2-bae634326c27' };
    await fixture.settings({ async_step_ms: 0 });
    const headers = { ...ASYNC.headers, ...keyed };
    const first = await fixture.record('POST', '/customer', COMPANY, { headers });
    const second = await fixture.record('POST', '/customer', { ...COMPANY, companyName: 'Other' }, { headers });
    expect([second.status, codeOf(second), (second.body as unknown as Problem).title]).toEqual([
      400,
      'IDEMPOTENCY_ERROR',
      'Conflict',
    ]);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await fixture.call('GET', pathOf(first.headers.get('location')))).body).toMatchObject({
      progress: 'succeeded',
    });
    expect(await count()).toBe(1);
    // Without respond-async the key means nothing.
    const contact = { lastName: 'Twin', subsidiary: { id: '1' } };
    await fixture.record('POST', '/contact', { ...contact, firstName: 'A' }, { headers: keyed });
    await fixture.record('POST', '/contact', { ...contact, firstName: 'B' }, { headers: keyed });
    expect(await count('contact')).toBe(2);
  });

  it('takes up to a hundred records in one job, each with its own result', async () => {
    const type = 'application/vnd.oracle.resource+json; type=collection';
    const send = (items: object[], prefer = 'respond-async'): Promise<Answer> =>
      fixture.record('PUT', '/customer', { items }, { headers: { prefer, 'content-type': type } });
    await fixture.settings({ async_step_ms: 0 });
    const good = (index: number): object => ({ ...COMPANY, companyName: `C${index}`, externalId: `E-${index}` });
    expect((await send(Array.from({ length: 101 }, (_, index) => good(index)))).status).toBe(400);
    expect((await send([good(1)], 'nothing')).status).toBe(400);
    const job = pathOf(
      (await send([good(1), { externalId: 'E-2', companyName: 'No subsidiary' }, good(3)])).headers.get('location'),
    );
    expect((await fixture.call('GET', job)).body).toMatchObject({ completed: true, progress: 'failed' });
    const results = await Promise.all([1, 2, 3].map((task) => fixture.call('GET', `${job}/task/${task}/result`)));
    expect(results.map(({ status }) => status)).toEqual([204, 400, 204]);
    expect(await count()).toBe(2);
  });

  it('lets a colleague look, seed, change and delete', async () => {
    const seeded = await fixture.admin<{ ids: string[] }>('POST', '/seed', {
      account: '7730914_SB1',
      records: [{ type: 'customer', ...COMPANY, externalId: 'X-1' }],
    });
    const touch = (body: object): Promise<Answer> =>
      fixture.admin('POST', '/touch', { account: '7730914-sb1', type: 'customer', ...body });
    await touch({ external_id: 'X-1', fields: { phone: '503-555-0199' } });
    const { body } = await fixture.admin<{ records: object[] }>('GET', '/records?account=7730914_SB1&q=555-0199');
    expect(body.records).toMatchObject([{ type: 'customer', id: seeded.body.ids[0], phone: '503-555-0199' }]);
    const refused = await touch({ external_id: 'X-1', fields: { phone: '1' } });
    expect([refused.status, String(refused.body.error)]).toEqual([400, expect.stringContaining('seven digits')]);
    expect((await touch({ id: seeded.body.ids[0], delete: true })).status).toBe(200);
    const counts = await fixture.admin<{ accounts: object[] }>('GET', '/records/counts');
    expect(counts.body.accounts[1]).toMatchObject({ account: '7730914_SB1', deleted: 1, counts: { customer: 0 } });
  });

  it('refuses switches that would do nothing', async () => {
    for (const wanted of [
      { nothing: 1 },
      { hidden_fields: ['customer.nothing'] },
      { denied_record_types: ['Customer'] },
      { disabled_roles: ['Nobody'] },
      { time_zone: 'Mars/Olympus' },
      { account: 'nobody', auto_approve: true },
    ]) {
      expect((await fixture.admin('POST', '/settings', wanted)).status).toBeGreaterThanOrEqual(400);
    }
    expect((await fetch(`${fixture.url}/__admin/accounts`)).status).toBe(401);
  });

  it('shows the records on a page, escaped', async () => {
    await create('<script>alert(1)</script>');
    const page = await (await fetch(fixture.url)).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('Globex Supplies (simulated)');
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script>');
  });

  it('starts with the same credentials and records every time', async () => {
    await fixture.reset();
    const { body } = await fixture.admin<{ accounts: object[] }>('GET', '/accounts');
    expect(body.accounts[0]).toEqual({ ...fixture.account(), url: fixture.url });
    expect(await count('invoice')).toBe(2);
  });
});
