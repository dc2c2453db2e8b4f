import { errorOf, useRestStage, type Saved } from './rest-stage.helper-spec';

describe('records of the Salesforce REST API', () => {
  const stage = useRestStage();
  const { call, create } = stage;

  describe('versions', () => {
    it('lists the supported ones without authentication', async () => {
      const list = await (await fetch(`${stage.fixture.url}/services/data/`)).json();
      expect(list).toContainEqual({ label: "Winter '26", url: '/services/data/v65.0', version: '65.0' });
      expect(list).toContainEqual({ label: "Summer '25", url: '/services/data/v64.0', version: '64.0' });
    });

    it('answers 410 for a retired version and 404 for one that is not', async () => {
      expect((await call('GET', '/services/data/v29.0/limits')).status).toBe(410);
      expect((await call('GET', '/services/data/v99.0/limits')).status).toBe(404);
      expect((await call('GET', '/services/data/62/limits')).status).toBe(404);
    });
  });

  describe('records', () => {
    it('creates, reads by 15 and 18 characters, updates, deletes', async () => {
      const made = await call<Saved>('POST', '/sobjects/Account', {
        Name: '  Ace \t',
        AnnualRevenue: 1250000,
        Description: 'a\r\nb',
      });
      expect(made.status).toBe(201);
      expect(made.headers.get('location')).toBe(`/services/data/v62.0/sobjects/Account/${made.body.id}`);
      const { id } = made.body;
      const read = await call<Record<string, unknown>>('GET', `/sobjects/Account/${id.slice(0, 15)}`);
      expect(read.body).toMatchObject({
        attributes: { type: 'Account', url: `/services/data/v62.0/sobjects/Account/${id}` },
        Id: id,
        Name: 'Ace',
        Phone: null,
        Description: 'a\nb',
        IsDeleted: false,
      });
      expect(read.body.CreatedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000$/);
      const updated = await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1', Name: 'B' });
      expect([updated.status, updated.body]).toEqual([204, '']);
      expect((await call<object>('GET', `/sobjects/Account/${id}?fields=Name,Phone`)).body).toEqual({
        attributes: expect.anything(),
        Name: 'B',
        Phone: '1',
      });
      expect((await call('DELETE', `/sobjects/Account/${id}`)).status).toBe(204);
      const again = await call('DELETE', `/sobjects/Account/${id}`);
      expect([again.status, errorOf(again)]).toEqual([404, 'ENTITY_IS_DELETED']);
    });

    it('keeps 18 digits exact', async () => {
      const made = await call<Saved>(
        'POST',
        '/sobjects/Opportunity',
        '{"Name":"Big","StageName":"Prospecting","CloseDate":"2026-12-31","Amount":1234567890123456.78}',
      );
      const response = await fetch(
        `${stage.fixture.url}/services/data/v62.0/sobjects/Opportunity/${made.body.id}?fields=Amount`,
        {
          headers: { authorization: `Bearer ${stage.session}` },
        },
      );
      expect(await response.text()).toContain('"Amount":1234567890123456.78');
    });

    it('guards updates with If-Unmodified-Since', async () => {
      const id = await create('Account', { Name: 'A' });
      const past = { 'if-unmodified-since': 'Wed, 19 Nov 2025 10:00:00 GMT' };
      expect((await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, past)).status).toBe(412);
      expect(
        (await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, { 'if-unmodified-since': 'soon' })).status,
      ).toBe(400);
      const future = { 'if-unmodified-since': new Date(Date.now() + 60_000).toUTCString() };
      expect((await call('PATCH', `/sobjects/Account/${id}`, { Phone: '1' }, future)).status).toBe(204);
    });

    it('deletes what hangs on a record with it', async () => {
      const account = await create('Account', { Name: 'A' });
      const contact = await create('Contact', { LastName: 'C', AccountId: account });
      await call('DELETE', `/sobjects/Account/${account}`);
      expect((await call('GET', `/sobjects/Contact/${contact}`)).status).toBe(404);
      expect(await call('POST', '/sobjects/Contact', { LastName: 'D', AccountId: account })).toMatchObject({
        body: [{ errorCode: 'ENTITY_IS_DELETED' }],
      });
    });

    it('prices opportunities from their line items', async () => {
      const product = await create('Product2', { Name: 'Drill', ProductCode: 'D-1', IsActive: true });
      const book = await stage.fixture.query<{ records: { Id: string }[] }>(
        stage.session,
        'SELECT Id FROM Pricebook2 WHERE IsStandard = true',
      );
      const entry = await create('PricebookEntry', {
        Pricebook2Id: book.body.records[0]?.Id,
        Product2Id: product,
        UnitPrice: 19.99,
        IsActive: true,
      });
      const opportunity = await create('Opportunity', {
        Name: 'Deal',
        StageName: 'Closed Won',
        CloseDate: '2026-11-30',
        Amount: 1,
      });
      await create('OpportunityLineItem', {
        OpportunityId: opportunity,
        PricebookEntryId: entry,
        Quantity: 3,
        UnitPrice: 19.99,
      });
      await call('PATCH', `/sobjects/Opportunity/${opportunity}`, { Amount: 5 });
      const { body } = await call(
        'GET',
        `/sobjects/Opportunity/${opportunity}?fields=Amount,IsWon,IsClosed,Probability,HasOpportunityLineItem`,
      );
      expect(body).toMatchObject({
        Amount: 59.97,
        IsWon: true,
        IsClosed: true,
        Probability: 100,
        HasOpportunityLineItem: true,
      });
      const twice = await call('POST', '/sobjects/PricebookEntry', {
        Pricebook2Id: book.body.records[0]?.Id,
        Product2Id: product,
        UnitPrice: 1,
      });
      expect(errorOf(twice)).toBe('DUPLICATE_VALUE');
    });
  });

  describe('changes', () => {
    it('lists updated and deleted ids of a window', async () => {
      const id = await create('Account', { Name: 'A' });
      const gone = await create('Account', { Name: 'B' });
      await call('DELETE', `/sobjects/Account/${gone}`);
      const window = `start=${new Date(Date.now() - 3_600_000).toISOString()}&end=${new Date(Date.now() + 60_000).toISOString()}`;
      expect((await call('GET', `/sobjects/Account/updated/?${window}`)).body).toMatchObject({ ids: [id] });
      expect((await call('GET', `/sobjects/Account/deleted/?${window}`)).body).toMatchObject({
        deletedRecords: [{ id: gone }],
      });
      const old = 'start=2020-01-01T00:00:00Z&end=2020-01-02T00:00:00Z';
      expect(errorOf(await call('GET', `/sobjects/Account/updated?${old}`))).toBe('INVALID_REPLICATION_DATE');
      expect((await call('GET', '/sobjects/Account/updated')).status).toBe(400);
    });
  });

  describe('isolation of orgs', () => {
    it('shows nothing of one org to the other', async () => {
      const other = await stage.fixture.session(1);
      const id = await create('Account', { Name: 'Secret', ERP_Id__c: 'S-1' });
      expect((await stage.fixture.call(other, 'GET', `/sobjects/Account/${id}`)).status).toBe(404);
      expect((await stage.fixture.call(other, 'PATCH', `/sobjects/Account/${id}`, { Name: 'x' })).status).toBe(404);
      expect((await stage.fixture.call(other, 'GET', '/sobjects/Account/ERP_Id__c/S-1')).status).toBe(404);
      expect((await stage.fixture.query(other, 'SELECT COUNT() FROM Account')).body).toMatchObject({ totalSize: 0 });
      expect(
        errorOf(await stage.fixture.call(other, 'POST', '/sobjects/Contact', { LastName: 'x', AccountId: id })),
      ).toBe('INVALID_CROSS_REFERENCE_KEY');
      expect(
        (await stage.fixture.call(other, 'PATCH', '/sobjects/Account/ERP_Id__c/S-1', { Name: 'Own' })).status,
      ).toBe(201);
      expect((await call('GET', '/sobjects/Account/ERP_Id__c/S-1')).body).toMatchObject({ Name: 'Secret' });
    });
  });
});
