import { errorOf, useRestStage, type RestStage, type Saved } from './rest-stage.helper-spec';

interface Refusal {
  readonly settings: object;
  readonly errorCode: string;
  readonly message: unknown;
  readonly fields?: readonly string[];
}

const ACCOUNT = { Name: 'Ace', Phone: '1', AnnualRevenue: 5 };
const LOCKED = 'UNABLE_TO_LOCK_ROW, unable to obtain exclusive access to this record or 1 records: ';

/** By what has been set up in the org, or has happened to it. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'a duplicate rule': {
    settings: { duplicate_rules: [{ object: 'Account', fields: ['Name', 'Phone'] }] },
    errorCode: 'DUPLICATES_DETECTED',
    message: 'Use one of these records?',
  },
  'a validation rule': {
    settings: {
      validation_rules: [
        {
          object: 'Account',
          when: "AnnualRevenue < 10 AND Name LIKE 'ace%'",
          message: 'Too small a customer',
          field: 'AnnualRevenue',
        },
      ],
    },
    errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    message: 'Too small a customer',
    fields: ['AnnualRevenue'],
  },
  'a trigger that is broken': {
    settings: { automations: [{ object: 'Account', name: 'Scoring', meets: 'error' }] },
    errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    message: expect.stringMatching(/^Scoring: execution of BeforeInsert\n\ncaused by: System.NullPointerException/),
  },
  'a trigger that meets a locked row': {
    settings: { automations: [{ object: 'Account', meets: 'locked_row', when: "Phone = '1'" }] },
    errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    message: expect.stringContaining(LOCKED),
  },
  'a flow that meets a locked row': {
    settings: { automations: [{ object: 'Account', name: 'Routing', kind: 'flow', meets: 'locked_row' }] },
    errorCode: 'CANNOT_EXECUTE_FLOW_TRIGGER',
    message: expect.stringContaining(LOCKED),
  },
  'storage that is full': {
    settings: { data_storage_mb: 0 },
    errorCode: 'STORAGE_LIMIT_EXCEEDED',
    message: 'storage limit exceeded',
  },
  'a profile that may only read': {
    settings: { read_only_objects: ['Account'] },
    errorCode: 'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    message: 'entity type cannot be inserted: Account',
  },
};

describe('what an org refuses, alone, in lists and in bulk', () => {
  const stage = useRestStage();
  const { call, create } = stage;
  const set = (settings: object): Promise<unknown> => settle(stage, settings);

  it.each(Object.entries(REFUSALS))('%s', async (_what, { settings, errorCode, message, fields = [] }) => {
    await create('Account', ACCOUNT);
    await set(settings);
    const alone = await call<object[]>('POST', '/sobjects/Account', ACCOUNT);
    expect([alone.status, alone.body]).toEqual([400, [expect.objectContaining({ errorCode, message })]]);
    const list = await call<Saved[]>('PATCH', '/composite/sobjects/Account/ERP_Id__c', {
      records: [{ attributes: { type: 'Account' }, ERP_Id__c: 'R-1', ...ACCOUNT }],
    });
    expect([list.status, list.body]).toEqual([
      200,
      [{ success: false, errors: [{ statusCode: errorCode, message, fields }] }],
    ]);
    const [failed = ''] = await bulk(stage, ['"R-2","Ace","1","5"']);
    expect(failed).toContain(`${errorCode}:${typeof message === 'string' ? message : ''}`);
    expect(failed).toContain(`:${fields.map((field) => `${field} `).join('')}--`);
    const { body } = await stage.fixture.query(stage.session, 'SELECT COUNT() FROM Account');
    expect(body).toMatchObject({ totalSize: 1 });
  });

  it('duplicates: an alert is overridden by the header, a block is not; who matches is shown', async () => {
    const id = await create('Account', { ...ACCOUNT, Name: 'ACE' });
    const post = (header?: string, fields: object = ACCOUNT) =>
      call<{ duplicateResut: object }[]>('POST', '/sobjects/Account', fields, {
        ...(header === undefined ? {} : { 'Sforce-Duplicate-Rule-Header': header }),
      });
    const rule = { object: 'Account', name: 'Same_Name', fields: ['Name', 'Phone'] };
    await set({ duplicate_rules: [rule] });
    const refused = await post('allowSave=false; includeRecordDetails=true');
    expect(refused.body).toEqual([
      {
        errorCode: 'DUPLICATES_DETECTED',
        message: 'Use one of these records?',
        duplicateResut: expect.objectContaining({
          allowSave: true,
          duplicateRule: 'Same_Name',
          matchResults: [
            expect.objectContaining({
              size: 1,
              matchRecords: [expect.objectContaining({ record: expect.objectContaining({ Id: id, Name: 'ACE' }) })],
            }),
          ],
        }),
      },
    ]);
    expect((await post('allowSave=true')).status).toBe(201);
    // Blank fields match nothing.
    expect((await post(undefined, { Name: 'Ace' })).status).toBe(201);
    await set({ duplicate_rules: [{ ...rule, action: 'block', message: 'No.' }] });
    const blocked = await post('allowSave=true');
    expect([errorOf(blocked), blocked.body[0]]).toEqual([
      'DUPLICATES_DETECTED',
      expect.objectContaining({ duplicateResut: expect.objectContaining({ allowSave: false }) }),
    ]);
    // What is a duplicate already may be changed otherwise, and nothing may become one.
    expect((await call('PATCH', `/sobjects/Account/${id}`, { Site: 'x' })).status).toBe(204);
    const other = await create('Account', { ...ACCOUNT, Name: 'Other' });
    expect(errorOf(await call('PATCH', `/sobjects/Account/${other}`, { Name: 'ace' }))).toBe('DUPLICATES_DETECTED');
  });

  it('an automation that fails a number of times lets the record through after that', async () => {
    await set({ automations: [{ object: 'Contact', meets: 'locked_row', times: 1 }] });
    expect(errorOf(await call('POST', '/sobjects/Contact', { LastName: 'A' }))).toBe(
      'CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
    );
    await create('Contact', { LastName: 'A' });
  });

  it('access: what is not shared does not exist, and cannot be pointed at; what is shared to read is not written', async () => {
    const [open, shared, hidden] = [
      await create('Account', { Name: 'open' }),
      await create('Account', { Name: 'shared', ERP_Id__c: 'S' }),
      await create('Account', { Name: 'hidden', ERP_Id__c: 'H' }),
    ];
    await set({
      org: stage.fixture.account().orgId,
      read_only_records: [shared.slice(0, 15)],
      hidden_records: [hidden],
    });
    const change = (id: string) => call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' });
    expect([(await change(open)).status, errorOf(await change(shared)), (await change(hidden)).status]).toEqual([
      204,
      'INSUFFICIENT_ACCESS_OR_READONLY',
      404,
    ]);
    expect(errorOf(await call('DELETE', `/sobjects/Account/${shared}`))).toBe('INSUFFICIENT_ACCESS_OR_READONLY');
    const list = await call<Saved[]>('PATCH', '/composite/sobjects', {
      records: [shared, hidden].map((id) => ({ attributes: { type: 'Account' }, id, Phone: '1' })),
    });
    expect(list.body.map(({ errors }) => errors[0]?.statusCode)).toEqual([
      'INSUFFICIENT_ACCESS_OR_READONLY',
      'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
    ]);
    expect(await call('POST', '/sobjects/Contact', { LastName: 'C', AccountId: hidden })).toMatchObject({
      body: [{ errorCode: 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY' }],
    });
    // Its key is taken all the same.
    expect(errorOf(await call('PATCH', '/sobjects/Account/ERP_Id__c/H', { Name: 'x' }))).toBe('DUPLICATE_VALUE');
    const { body } = await stage.fixture.query(stage.session, 'SELECT Name FROM Account ORDER BY Name');
    expect(body).toMatchObject({ records: [{ Name: 'open' }, { Name: 'shared' }] });
  });

  it('full storage still takes changes, and counts what is deleted no more', async () => {
    const id = await create('Account', { Name: 'A' });
    const { body } = await call<{ DataStorageMB: { Max: number } }>('GET', '/limits');
    expect(body.DataStorageMB.Max).toBeGreaterThan(0);
    await set({ data_storage_mb: 0.01 });
    await create('Account', { Name: 'B' });
    expect(errorOf(await call('POST', '/sobjects/Account', { Name: 'C' }))).toBe('STORAGE_LIMIT_EXCEEDED');
    expect((await call('PATCH', `/sobjects/Account/${id}`, { Name: 'A2' })).status).toBe(204);
    await call('DELETE', `/sobjects/Account/${id}`);
    await create('Account', { Name: 'C' });
  });

  it('refuses switches for what the org has not', async () => {
    const wrong = [
      { duplicate_rules: [{ object: 'Account', fields: ['Nope'] }] },
      { validation_rules: [{ object: 'Account', when: 'Nope = 1', message: 'm' }] },
      { automations: [{ object: 'Nope', meets: 'error' }] },
      { read_only_objects: ['account'] },
      { hidden_records: ['001000000000001AAA'] },
    ];
    for (const settings of wrong) {
      expect((await stage.fixture.admin('POST', '/settings', settings)).status).toBe(400);
    }
    await create('Account', { Name: 'A' });
  });
});

describe('limits of a whole org', () => {
  const stage = useRestStage();
  const { call, create } = stage;
  const set = (settings: object): Promise<unknown> => settle(stage, settings);

  it.each([
    ['disabled_for_org', 'API_DISABLED_FOR_ORG'],
    ['disabled_for_user', 'API_CURRENTLY_DISABLED'],
  ])('an API that is %s', async (access, code) => {
    await set({ api_access: access, org: stage.fixture.account().orgId });
    const answer = await call('GET', '/limits');
    expect([answer.status, errorOf(answer)]).toEqual([403, code]);
    expect((await stage.fixture.call(await stage.fixture.session(1), 'GET', '/limits')).status).toBe(200);
  });

  it('long calls at once: every call is refused while there are as many, whoever makes them', async () => {
    const refusal = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: expect.stringMatching(/^ConcurrentRequests /) }];
    await set({ background_long_calls: 5 });
    expect(await call('GET', '/limits')).toMatchObject({ status: 403, body: refusal });
    await set({ background_long_calls: 0, concurrent_call_limit: 1, long_call_ms: 0, call_delay_ms: 200 });
    const answers = await Promise.all(['a', 'b', 'c'].map((Name) => call('POST', '/sobjects/Account', { Name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403]);
  });

  it('currencies: a price for each, and lines in that of their opportunity', async () => {
    const before = await create('Account', { Name: 'before' });
    expect(errorOf(await call('POST', '/sobjects/Account', { Name: 'A', CurrencyIsoCode: 'EUR' }))).toBe(
      'INVALID_FIELD',
    );
    await set({ multi_currency: true });
    expect((await call('GET', `/sobjects/Account/${before}`)).body).toMatchObject({ CurrencyIsoCode: 'USD' });
    expect(errorOf(await call('POST', '/sobjects/Account', { Name: 'A', CurrencyIsoCode: 'XXX' }))).toBe(
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    );
    const product = await create('Product2', { Name: 'Drill', IsActive: true });
    const { body } = await stage.fixture.query<{ records: { Id: string }[] }>(
      stage.session,
      'SELECT Id FROM Pricebook2 WHERE IsStandard = true',
    );
    const price = (code: string, UnitPrice: number) => ({
      Pricebook2Id: body.records[0]?.Id,
      Product2Id: product,
      UnitPrice,
      CurrencyIsoCode: code,
      IsActive: true,
    });
    await create('PricebookEntry', price('USD', 1));
    const yen = await create('PricebookEntry', price('JPY', 150));
    expect(errorOf(await call('POST', '/sobjects/PricebookEntry', price('JPY', 151)))).toBe('DUPLICATE_VALUE');
    const deal = (code: string) =>
      create('Opportunity', {
        Name: 'D',
        StageName: 'Prospecting',
        CloseDate: '2028-02-29',
        CurrencyIsoCode: code,
      });
    const line = async (code: string) =>
      call('POST', '/sobjects/OpportunityLineItem', {
        OpportunityId: await deal(code),
        PricebookEntryId: yen,
        Quantity: 2,
        UnitPrice: 150,
      });
    expect((await line('JPY')).status).toBe(201);
    expect(errorOf(await line('USD'))).toBe('FIELD_INTEGRITY_EXCEPTION');
  });

  it('entity tags: an account that has changed since is not written', async () => {
    const id = await create('Account', { Name: 'A' });
    const tag = (await call('GET', `/sobjects/Account/${id}`)).headers.get('etag') ?? '';
    expect((await call('GET', `/sobjects/Account/${id}`, undefined, { 'if-none-match': tag })).status).toBe(304);
    const write = (phone: string) => call('PATCH', `/sobjects/Account/${id}`, { Phone: phone }, { 'if-match': tag });
    expect([(await write('1')).status, (await write('2')).status]).toEqual([204, 412]);
    expect(
      (await call('GET', `/sobjects/Contact/${await create('Contact', { LastName: 'C' })}`)).headers.has('etag'),
    ).toBe(false);
  });
});

async function settle({ fixture }: RestStage, settings: object): Promise<void> {
  expect(await fixture.admin('POST', '/settings', settings)).toMatchObject({ status: 200 });
}

/** Upserts accounts by `ERP_Id__c`. @returns the rows that failed. */
async function bulk(stage: RestStage, rows: readonly string[]): Promise<string[]> {
  const { call } = stage;
  await settle(stage, { bulk_step_ms: 0 });
  const opened = await call<{ id: string }>('POST', '/jobs/ingest', {
    object: 'Account',
    operation: 'upsert',
    externalIdFieldName: 'ERP_Id__c',
  });
  const job = `/jobs/ingest/${opened.body.id}`;
  const csv = ['ERP_Id__c,Name,Phone,AnnualRevenue', ...rows, ''].join('\n');
  await call('PUT', `${job}/batches`, csv, { 'content-type': 'text/csv' });
  await call('PATCH', job, { state: 'UploadComplete' });
  expect((await call('GET', job)).body).toMatchObject({ state: 'JobComplete', numberRecordsFailed: rows.length });
  const { body } = await call<string>('GET', `${job}/failedResults`);
  return [body.slice(body.indexOf('\n') + 1)];
}
