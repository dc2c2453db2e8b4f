import { type Answer } from '../../fixtures/sandbox-fixture';
import { errorOf, useRestStage, type Saved } from './rest-stage.helper-spec';

describe('collections, composite and batch', () => {
  const stage = useRestStage();
  const { call } = stage;

  describe('collections', () => {
    const item = (fields: object): object => ({ attributes: { type: 'Account' }, ...fields });
    const upsert = (records: unknown[], allOrNone = false): Promise<Answer<Saved[]>> =>
      call<Saved[]>('PATCH', '/composite/sobjects/Account/ERP_Id__c', { allOrNone, records });

    it('rolls everything back when all or none was asked for', async () => {
      const { status, body } = await upsert([item({ ERP_Id__c: '1', Name: 'A' }), item({ ERP_Id__c: '2' })], true);
      expect(status).toBe(200);
      expect(body.map(({ errors }) => errors[0]?.statusCode)).toEqual([
        'ALL_OR_NONE_OPERATION_ROLLED_BACK',
        'REQUIRED_FIELD_MISSING',
      ]);
      expect((await stage.fixture.query(stage.session, 'SELECT COUNT() FROM Account')).body).toMatchObject({
        totalSize: 0,
      });
    });

    it('wants attributes first, inside a 200', async () => {
      const { status, body } = await upsert([
        { Name: 'A', ERP_Id__c: '1', attributes: { type: 'Account' } },
        { ERP_Id__c: '2', Name: 'B' },
      ]);
      expect(status).toBe(200);
      expect(body.map(({ errors }) => errors[0]?.statusCode)).toEqual(['JSON_PARSER_ERROR', 'JSON_PARSER_ERROR']);
    });

    it('refuses a key that occurs twice in one call, and inserts without a key every time', async () => {
      const { body } = await upsert([
        item({ ERP_Id__c: 'x', Name: 'A' }),
        item({ ERP_Id__c: 'X', Name: 'B' }),
        item({ ERP_Id__c: 'y', Name: 'C' }),
      ]);
      expect(body.map(({ success }) => success)).toEqual([false, false, true]);
      expect(body[0]?.errors[0]).toMatchObject({
        statusCode: 'DUPLICATE_VALUE',
        message: 'Duplicate external id specified: x',
      });
      await upsert([item({ Name: 'D' })]);
      const again = await upsert([item({ Name: 'D' })]);
      expect(again.body[0]).toMatchObject({ success: true, created: true });
    });

    it('takes at most 200 records', async () => {
      const records = Array.from({ length: 201 }, () => item({ Name: 'A' }));
      const answer = await call('POST', '/composite/sobjects', { records });
      expect([answer.status, errorOf(answer)]).toEqual([400, 'EXCEEDED_ID_LIMIT']);
    });

    it('creates, updates, retrieves and deletes lists', async () => {
      const made = await call<Saved[]>('POST', '/composite/sobjects', {
        records: [item({ Name: 'A' }), { attributes: { type: 'Contact' }, LastName: 'B' }],
      });
      const [account = '', contact = ''] = made.body.map(({ id }) => id);
      const updated = await call<Saved[]>('PATCH', '/composite/sobjects', {
        records: [
          item({ id: account, Name: 'A2' }),
          item({ Name: 'no id' }),
          item({ id: '001000000000001AAA', Name: 'x' }),
        ],
      });
      expect(updated.body.map(({ errors }) => errors[0]?.statusCode)).toEqual([
        undefined,
        'MISSING_ARGUMENT',
        'INVALID_CROSS_REFERENCE_KEY',
      ]);
      const read = await call('POST', '/composite/sobjects/Account', {
        ids: [account, '001000000000001AAA'],
        fields: ['Name'],
      });
      expect(read.body).toEqual([{ attributes: expect.anything(), Name: 'A2' }, null]);
      const gone = await call<Saved[]>('DELETE', `/composite/sobjects?ids=${account},${contact}&allOrNone=true`);
      expect(gone.body.map(({ success }) => success)).toEqual([true, true]);
    });
  });

  describe('composite and batch', () => {
    it('hands ids from one sub-request to the next, as one call', async () => {
      const before = (await call('GET', '/limits')).headers.get('sforce-limit-info');
      const { body, headers } = await call<{ compositeResponse: { httpStatusCode: number; body: Saved }[] }>(
        'POST',
        '/composite',
        {
          allOrNone: true,
          compositeRequest: [
            { method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'refA', body: { Name: 'A' } },
            {
              method: 'POST',
              url: '/services/data/v62.0/sobjects/Contact',
              referenceId: 'refB',
              body: { LastName: 'B', AccountId: '@{refA.id}' },
            },
            { method: 'GET', url: '/services/data/v62.0/sobjects/Account/@{refA.id}?fields=Name', referenceId: 'refC' },
          ],
        },
      );
      expect(body.compositeResponse.map(({ httpStatusCode }) => httpStatusCode)).toEqual([201, 201, 200]);
      expect(before).toBe('api-usage=1/15000');
      expect(headers.get('sforce-limit-info')).toBe('api-usage=2/15000');
    });

    it('halts and rolls back', async () => {
      const { body } = await call<{ compositeResponse: { httpStatusCode: number; body: { errorCode: string }[] }[] }>(
        'POST',
        '/composite',
        {
          allOrNone: true,
          compositeRequest: [
            { method: 'POST', url: '/services/data/v62.0/sobjects/Account', referenceId: 'refA', body: { Name: 'A' } },
            { method: 'POST', url: '/services/data/v62.0/sobjects/Contact', referenceId: 'refB', body: {} },
          ],
        },
      );
      expect(body.compositeResponse.map(({ body: [error] }) => error?.errorCode)).toEqual([
        'PROCESSING_HALTED',
        'REQUIRED_FIELD_MISSING',
      ]);
      expect((await stage.fixture.query(stage.session, 'SELECT COUNT() FROM Account')).body).toMatchObject({
        totalSize: 0,
      });
    });

    it('runs batches of independent calls, counted one by one', async () => {
      const answer = await call('POST', '/composite/batch', {
        haltOnError: true,
        batchRequests: [
          { method: 'GET', url: 'v62.0/limits' },
          { method: 'GET', url: 'v62.0/sobjects/Nope' },
          { method: 'GET', url: 'v62.0/limits' },
        ],
      });
      expect(answer.body).toMatchObject({
        hasErrors: true,
        results: [
          { statusCode: 200 },
          { statusCode: 404 },
          { statusCode: 412, result: [{ errorCode: 'BATCH_PROCESSING_HALTED' }] },
        ],
      });
      expect(answer.headers.get('sforce-limit-info')).toBe('api-usage=3/15000');
    });
  });
});
