import { errorOf, useRestStage } from './rest-stage.helper-spec';

describe('what the Salesforce REST API refuses of a record', () => {
  const stage = useRestStage();
  const { call, create } = stage;

  it.each<[string, string, object | string, string, string, string[] | undefined]>([
    [
      'a missing required field',
      'Contact',
      {},
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [LastName]',
      ['LastName'],
    ],
    [
      'white space only',
      'Account',
      { Name: '  ' },
      'REQUIRED_FIELD_MISSING',
      'Required fields are missing: [Name]',
      ['Name'],
    ],
    [
      'an unknown column',
      'Account',
      { Name: 'A', Nope: 1 },
      'INVALID_FIELD',
      "No such column 'Nope' on sobject of type Account",
      undefined,
    ],
    [
      'too long a text',
      'Account',
      { Name: 'A', TickerSymbol: 'x'.repeat(21) },
      'STRING_TOO_LONG',
      `Ticker Symbol: data value too large: ${'x'.repeat(21)} (max length=20)`,
      ['TickerSymbol'],
    ],
    [
      'a restricted picklist',
      'Account',
      { Name: 'A', Active__c: 'Perhaps' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Active: bad value for restricted picklist field: Perhaps',
      ['Active__c'],
    ],
    [
      'an e-mail address',
      'Contact',
      { LastName: 'A', Email: 'not an address' },
      'INVALID_EMAIL_ADDRESS',
      'Email: invalid email address: not an address',
      ['Email'],
    ],
    [
      'a malformed reference',
      'Contact',
      { LastName: 'A', AccountId: 'abc' },
      'MALFORMED_ID',
      'Account ID: id value of incorrect type: abc',
      ['AccountId'],
    ],
    [
      'a reference of another type',
      'Contact',
      { LastName: 'A', AccountId: '003Hb0000004CEtIAM' },
      'MALFORMED_ID',
      'Account ID: id value of incorrect type: 003Hb0000004CEtIAM',
      ['AccountId'],
    ],
    [
      'a reference to nothing',
      'Contact',
      { LastName: 'A', AccountId: '001000000000001AAA' },
      'INVALID_CROSS_REFERENCE_KEY',
      'invalid cross reference id',
      [],
    ],
    [
      'a number for a text',
      'Account',
      '{"Name":\n 5}',
      'JSON_PARSER_ERROR',
      'Cannot deserialize instance of string from VALUE_NUMBER_INT value 5 or request may be missing a required field at [line:2, column:2]',
      undefined,
    ],
    [
      'a date that is none',
      'Opportunity',
      { Name: 'O', StageName: 'Prospecting', CloseDate: '2026-02-30' },
      'JSON_PARSER_ERROR',
      expect.stringContaining('Cannot deserialize instance of date from VALUE_STRING value 2026-02-30') as string,
      undefined,
    ],
    [
      'a fraction for an integer',
      'Account',
      { Name: 'A', NumberOfEmployees: 1.5 },
      'JSON_PARSER_ERROR',
      expect.stringContaining('Cannot deserialize instance of int') as string,
      undefined,
    ],
    [
      'a number out of range',
      'Account',
      { Name: 'A', Credit_Limit__c: 1e16 },
      'NUMBER_OUTSIDE_VALID_RANGE',
      'Credit Limit: value outside of valid range on numeric field: 10000000000000000.0',
      ['Credit_Limit__c'],
    ],
    [
      'a system field',
      'Account',
      { Name: 'A', CreatedDate: '2026-01-01T00:00:00Z' },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      expect.stringContaining('Unable to create/update fields: CreatedDate.') as string,
      ['CreatedDate'],
    ],
    [
      'a compound field',
      'Account',
      { Name: 'A', BillingAddress: {} },
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      expect.stringContaining('BillingAddress') as string,
      ['BillingAddress'],
    ],
    [
      'broken JSON',
      'Account',
      '{"Name":}',
      'JSON_PARSER_ERROR',
      expect.stringContaining("Unexpected character ('}' (code 125))") as string,
      undefined,
    ],
    ['an array', 'Account', '[]', 'JSON_PARSER_ERROR', expect.stringContaining('JSON object') as string, undefined],
  ])('refuses %s', async (_what, object, body, errorCode, message, fields) => {
    const answer = await call('POST', `/sobjects/${object}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual([fields ? { errorCode, message, fields } : { errorCode, message }]);
  });

  it('refuses what is not JSON, unknown objects, methods and ids', async () => {
    expect((await call('POST', '/sobjects/Account', 'Name=A', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await call('POST', '/sobjects/Nope__c', { Name: 'A' })).status).toBe(404);
    expect((await call('PUT', '/sobjects/Account', { Name: 'A' })).status).toBe(405);
    expect(errorOf(await call('GET', '/sobjects/Account/abc'))).toBe('MALFORMED_ID');
    expect(errorOf(await call('GET', '/sobjects/Account/001000000000001AAA'))).toBe('NOT_FOUND');
    const id = await create('Account', { Name: 'A' });
    expect(await call('PATCH', `/sobjects/Account/${id}`, { Id: id })).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_FIELD', message: 'The Id field should not be specified in the sobject data.' }],
    });
  });
});
