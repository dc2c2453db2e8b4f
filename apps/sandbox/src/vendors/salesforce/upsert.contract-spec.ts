import { useRestStage, type Saved } from './rest-stage.helper-spec';

describe('upsert by external id', () => {
  const stage = useRestStage();
  const { call, create } = stage;

  const path = (value: string): string => `/sobjects/Account/ERP_Id__c/${encodeURIComponent(value)}`;

  it('creates with 201, updates with 200, ignores case, decodes the key', async () => {
    const first = await call<Saved>('PATCH', path('A/B #1?x%'), { Name: 'A' });
    expect([first.status, first.body]).toEqual([201, { id: first.body.id, success: true, errors: [], created: true }]);
    const second = await call<Saved>('PATCH', path('a/b #1?X%'), { Phone: '1' });
    expect([second.status, second.body]).toEqual([
      200,
      { id: first.body.id, success: true, errors: [], created: false },
    ]);
    expect((await call('GET', path('A/B #1?x%'))).body).toMatchObject({ ERP_Id__c: 'A/B #1?x%', Phone: '1' });
    const old = await call('PATCH', `/services/data/v45.0${path('A/B #1?x%')}`, { Phone: '2' });
    expect([old.status, old.body]).toEqual([204, '']);
  });

  it('refuses the key in the body, unknown keys, empty keys and keys that look like files', async () => {
    expect(await call('PATCH', path('A'), { Name: 'A', ERP_Id__c: 'A' })).toMatchObject({
      status: 400,
      body: [
        { errorCode: 'INVALID_FIELD', message: 'The ERP_Id__c field should not be specified in the sobject data.' },
      ],
    });
    expect((await call('PATCH', '/sobjects/Account/Phone/1', { Name: 'A' })).status).toBe(404);
    expect((await call('PATCH', '/sobjects/Account/ERP_Id__c/', { Name: 'A' })).status).toBe(400);
    expect((await call('PATCH', path('x.json'), { Name: 'A' })).status).toBe(404);
    expect((await call('PATCH', path('example@email.inc'), { Name: 'A' })).status).toBe(404);
  });

  it('only updates when told so', async () => {
    expect((await call('PATCH', `${path('A')}?updateOnly=true`, { Name: 'A' })).status).toBe(404);
    await call('PATCH', path('A'), { Name: 'A' });
    expect((await call('PATCH', `${path('A')}?updateOnly=true`, { Name: 'B' })).status).toBe(200);
  });

  it('takes e-mail addresses as contact keys, and answers 300 when several match', async () => {
    const key = '/sobjects/Contact/Email/jo%40example.com';
    expect((await call('PATCH', key, { LastName: 'A' })).status).toBe(201);
    const id = await create('Contact', { LastName: 'B', Email: 'JO@example.com' });
    const several = await call<string[]>('PATCH', key, { LastName: 'C' });
    expect(several.status).toBe(300);
    expect(several.body).toHaveLength(2);
    expect(several.body).toContain(`/services/data/v62.0/sobjects/Contact/${id}`);
  });

  it('names the record that has the key already, by its 15 characters', async () => {
    const id = await create('Account', { Name: 'A', ERP_Id__c: 'K' });
    const answer = await call('POST', '/sobjects/Account', { Name: 'B', ERP_Id__c: 'k' });
    expect(answer.body).toEqual([
      {
        errorCode: 'DUPLICATE_VALUE',
        message: `duplicate value found: ERP_Id__c duplicates value on record with id: ${id.slice(0, 15)}`,
        fields: [],
      },
    ]);
    await stage.fixture.admin('POST', '/settings', { unique_external_ids: false });
    await create('Account', { Name: 'B', ERP_Id__c: 'k' });
    expect((await call('PATCH', path('K'), { Name: 'C' })).status).toBe(300);
  });

  it('finds parents by their external id', async () => {
    const account = await create('Account', { Name: 'A', ERP_Id__c: 'P-1' });
    const contact = await create('Contact', { LastName: 'C', Account: { ERP_Id__c: 'P-1' } });
    expect((await call('GET', `/sobjects/Contact/${contact}`)).body).toMatchObject({ AccountId: account });
    expect(await call('POST', '/sobjects/Contact', { LastName: 'C', Account: { ERP_Id__c: 'P-2' } })).toMatchObject({
      status: 400,
      body: [
        {
          errorCode: 'INVALID_FIELD',
          message: 'Foreign key external ID: P-2 not found for field ERP_Id__c in entity Account',
        },
      ],
    });
  });
});
