import { request } from 'node:http';
import { SandboxFixture, type Answer } from '../../fixtures/sandbox-fixture';

interface JournalPage {
  readonly total: number;
  readonly entries: readonly { readonly status: number | null; readonly fault: string | null; readonly path: string }[];
}

describe('faults, limits and the control plane of the Salesforce sandbox', () => {
  let fixture: SandboxFixture;
  let session: string;

  beforeAll(async () => {
    fixture = await SandboxFixture.start();
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    await fixture.reset();
    session = await fixture.session();
  });

  const upsert = (key: string): Promise<Answer> =>
    fixture.call(session, 'PATCH', `/sobjects/Account/ERP_Id__c/${key}`, { Name: key });
  const count = async (): Promise<number> =>
    (await fixture.query<{ totalSize: number }>(session, 'SELECT COUNT() FROM Account')).body.totalSize;

  it('drop_after_commit commits exactly once and answers nothing', async () => {
    await fixture.admin('POST', '/faults', {
      match: { method: 'PATCH', path: 'ERP_Id__c' },
      times: 1,
      action: { type: 'drop_after_commit' },
    });
    await expect(upsert('D-1')).rejects.toThrow();
    expect(await count()).toBe(1);
    expect(await upsert('D-1')).toMatchObject({ status: 200, body: { created: false } });
    expect(await count()).toBe(1);
    const journal = await fixture.admin<JournalPage>('GET', '/requests?fault=drop_after_commit');
    expect(journal.body).toMatchObject({ total: 1, entries: [{ status: null, method: 'PATCH' }] });
  });

  it('reset and status leave no trace in the data, unless told to commit first', async () => {
    await fixture.admin('POST', '/faults', {
      rules: [
        { times: 1, action: { type: 'reset' } },
        { times: 1, action: { type: 'status', status: 503, body: '[]' } },
        { times: 1, action: { type: 'status', status: 504, after_commit: true } },
      ],
    });
    await expect(upsert('R-1')).rejects.toThrow();
    expect((await upsert('R-1')).status).toBe(503);
    expect((await upsert('R-1')).status).toBe(504);
    expect(await count()).toBe(1);
  });

  it('matches by body, skips the first ones and strikes the n-th only', async () => {
    await fixture.admin('POST', '/faults', {
      match: { body: '"poison"' },
      after: 1,
      times: 1,
      action: { type: 'html' },
    });
    const create = (name: string): Promise<Answer> =>
      fixture.call(session, 'POST', '/sobjects/Account', { Name: name });
    expect((await create('fine')).status).toBe(201);
    expect((await create('poison')).status).toBe(201);
    const struck = await create('poison');
    expect([struck.status, struck.headers.get('content-type')]).toEqual([503, 'text/html;charset=UTF-8']);
    expect((await create('poison')).status).toBe(201);
    await fixture.admin('DELETE', '/faults');
    await fixture.admin('POST', '/faults', {
      match: { nth: 2 },
      action: { type: 'retry_after', status: 429, seconds: 7 },
    });
    const answers = [await create('a'), await create('b'), await create('c')];
    expect(answers.map(({ status }) => status)).toEqual([201, 429, 201]);
    expect(answers[1]?.headers.get('retry-after')).toBe('7');
  });

  it('truncates, empties, mislabels and drips answers whose work is done', async () => {
    await fixture.admin('POST', '/faults', {
      rules: [
        { times: 1, action: { type: 'truncate' } },
        { times: 1, action: { type: 'empty', status: 200 } },
        { times: 1, action: { type: 'wrong_content_type' } },
        { times: 1, action: { type: 'slow_drip', ms_per_byte: 0.1 } },
      ],
    });
    await expect(upsert('T-1')).rejects.toThrow();
    expect(await upsert('T-2')).toMatchObject({ status: 200, body: '' });
    expect((await upsert('T-3')).headers.get('content-type')).toBe('text/html');
    expect(await upsert('T-4')).toMatchObject({ status: 201, body: { created: true } });
    expect(await count()).toBe(4);
  });

  it('hangs until the client gives up', async () => {
    await fixture.admin('POST', '/faults', { times: 1, action: { type: 'hang' } });
    await expect(fetch(`${fixture.url}/services/data/`, { signal: AbortSignal.timeout(150) })).rejects.toThrow();
    expect((await fetch(`${fixture.url}/services/data/`)).status).toBe(200);
  });

  it('counts calls for each org and refuses them past the daily limit', async () => {
    await fixture.admin('POST', '/settings', { daily_api_limit: 3 });
    const usage = async (): Promise<unknown> => {
      const { status, headers, body } = await fixture.call(session, 'GET', '/limits');
      return status === 200 ? headers.get('sforce-limit-info') : [status, headers.get('sforce-limit-info'), body];
    };
    expect([await usage(), await usage(), await usage()]).toEqual(['api-usage=1/3', 'api-usage=2/3', 'api-usage=3/3']);
    expect(await usage()).toEqual([
      403,
      'api-usage=3/3',
      [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    ]);
    const other = await fixture.call<{ DailyApiRequests: object }>(await fixture.session(1), 'GET', '/limits');
    expect(other.body.DailyApiRequests).toEqual({ Max: 3, Remaining: 2 });
    // The window rolls: a day later the calls are forgotten. Sessions are not: they ended.
    await fixture.admin('POST', '/clock', { advance_ms: 25 * 3_600_000 });
    session = await fixture.session();
    expect(await usage()).toBe('api-usage=1/3');
  });

  it('shows queries an older state for as long as the lag, and reads by id the new one', async () => {
    await fixture.admin('POST', '/clock', { freeze: true });
    await fixture.admin('POST', '/settings', { visibility_lag_ms: 5_000 });
    const made = await fixture.call<{ id: string }>(session, 'POST', '/sobjects/Account', { Name: 'Late' });
    expect(await count()).toBe(0);
    expect((await fixture.call(session, 'GET', `/sobjects/Account/${made.body.id}`)).status).toBe(200);
    await fixture.admin('POST', '/clock', { advance_ms: 5_000 });
    expect(await count()).toBe(1);
  });

  it('lets parallel writes under one parent collide on its lock', async () => {
    const account = await fixture.call<{ id: string }>(session, 'POST', '/sobjects/Account', { Name: 'Parent' });
    await fixture.admin('POST', '/settings', { lock_hold_ms: 300 });
    const add = (): Promise<Answer> =>
      fixture.call(session, 'POST', '/sobjects/Contact', { LastName: 'C', AccountId: account.body.id });
    const answers = await Promise.all([add(), add()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400]);
    expect(answers.find(({ status }) => status === 400)?.body).toMatchObject([{ errorCode: 'UNABLE_TO_LOCK_ROW' }]);
  });

  it('hides fields everywhere, as field-level security does', async () => {
    await fixture.admin('POST', '/settings', { hidden_fields: ['Account.Phone'] });
    const described = await fixture.call<{ fields: { name: string }[] }>(session, 'GET', '/sobjects/Account/describe');
    expect(described.body.fields.map(({ name }) => name)).not.toContain('Phone');
    expect(await fixture.call(session, 'POST', '/sobjects/Account', { Name: 'A', Phone: '1' })).toMatchObject({
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
    expect(await fixture.query(session, 'SELECT Phone FROM Account')).toMatchObject({
      body: [{ errorCode: 'INVALID_FIELD' }],
    });
  });

  it('has fields made, changed and removed by its admin, and keeps to them', async () => {
    const edit = (fields: object): Promise<unknown> =>
      fixture.admin('POST', '/fields', { object: 'Account', ...fields });
    await edit({ field: 'Tier__c', values: ['Gold', 'Silver'] });
    await edit({ field: 'Phone', required: true });
    await edit({ field: 'Site', remove: true });
    await edit({ field: 'Name', length: 5 });
    const create = (fields: object): Promise<Answer> => fixture.call(session, 'POST', '/sobjects/Account', fields);
    expect(await create({ Name: 'A', Phone: '1', Tier__c: 'Gold' })).toMatchObject({ status: 201 });
    const refusals = [
      { Name: 'A', Phone: '1', Tier__c: 'Tin' },
      { Name: 'A' },
      { Name: 'A', Phone: '1', Site: 's' },
      { Name: 'Longer', Phone: '1' },
    ];
    const codes = [];
    for (const fields of refusals) codes.push((await create(fields)).body);
    expect(codes).toMatchObject(
      ['INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', 'REQUIRED_FIELD_MISSING', 'INVALID_FIELD', 'STRING_TOO_LONG'].map(
        (errorCode) => [{ errorCode }],
      ),
    );
    expect((await fixture.admin('POST', '/fields', { object: 'Account', field: 'New' })).status).toBe(400);
  });

  it('changes records as another user', async () => {
    await upsert('U-1');
    await fixture.admin('POST', '/touch', {
      object: 'Account',
      key: { field: 'ERP_Id__c', value: 'U-1' },
      fields: { Phone: '42' },
    });
    const { body } = await fixture.call<Record<string, unknown>>(session, 'GET', '/sobjects/Account/ERP_Id__c/U-1');
    expect(body).toMatchObject({ Phone: '42', CreatedById: fixture.account().userId });
    expect(body.LastModifiedById).not.toBe(fixture.account().userId);
    const listed = await fixture.admin<{ total: number; records: object[] }>('GET', '/records?object=Account&q=u-1');
    expect(listed.body).toMatchObject({ total: 1, records: [{ Phone: '42' }] });
    const counts = await fixture.admin<{ orgs: { counts: Record<string, number> }[] }>('GET', '/records/counts');
    expect(counts.body.orgs.map(({ counts: { Account } }) => Account)).toEqual([1, 0]);
  });

  it('keeps secrets out of the journal', async () => {
    await upsert('J-1');
    const text = JSON.stringify((await fixture.admin('GET', '/requests?limit=1000')).body);
    expect(text).toContain('Bearer [redacted]');
    expect(text).toContain('client_secret=[redacted]');
    const { clientSecret, refreshToken } = fixture.account();
    for (const secret of [session, encodeURIComponent(session), clientSecret, refreshToken])
      expect(text).not.toContain(secret);
  });

  it('guards its switches', async () => {
    expect((await fetch(`${fixture.url}/__admin/accounts`)).status).toBe(401);
    expect(
      (await fetch(`${fixture.url}/__admin/reset`, { method: 'POST', headers: { authorization: 'Bearer wrong' } }))
        .status,
    ).toBe(401);
    expect((await fixture.admin('POST', '/settings', { no_such_switch: true })).status).toBe(400);
    expect((await fixture.admin('POST', '/faults', { action: { type: 'explode' } })).status).toBe(400);
    expect((await fixture.admin('POST', '/faults', { match: { path: '(' }, action: { type: 'hang' } })).status).toBe(
      400,
    );
    expect((await fixture.admin('GET', '/nothing')).status).toBe(404);
    expect((await fixture.admin('GET', '/accounts')).body).toMatchObject({
      accounts: [{ orgId: fixture.account().orgId, instanceUrl: fixture.url }, {}],
    });
  });

  it('shows records on a page that no record can inject into', async () => {
    await fixture.call(session, 'POST', '/sobjects/Account', {
      Name: '<script>alert(1)</script>',
      Description: '"><img src=x>',
    });
    const page = await (await fetch(`${fixture.url}/`)).text();
    expect(page).toContain('SIMULATED');
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toContain('<script>');
    expect(page).not.toContain('<img');
  });

  it('closes while a request hangs', async () => {
    const own = await SandboxFixture.start();
    await own.admin('POST', '/faults', { action: { type: 'hang' } });
    const ended = new Promise<string>((resolve) => {
      request(`${own.url}/services/data/`)
        .on('error', ({ message }) => resolve(message))
        .end();
    });
    while ((await own.admin<JournalPage>('GET', '/requests')).body.total === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await own.close();
    expect(await ended).toBe('socket hang up');
  });
});
