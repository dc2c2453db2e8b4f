import { errorOfAnswer, errorOfItem } from './salesforce.errors';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  durationMs: 1,
});
const vendor = (errorCode: string, message = 'm', fields?: string[]) => [{ errorCode, message, fields }];

describe('errorOfAnswer', () => {
  it.each<[number, unknown, string]>([
    [401, vendor('INVALID_SESSION_ID'), 'auth_expired'],
    [403, vendor('INVALID_SESSION_ID'), 'auth_expired'],
    [401, '', 'auth_expired'],
    [403, vendor('API_DISABLED_FOR_ORG'), 'config'],
    [403, vendor('API_CURRENTLY_DISABLED'), 'config'],
    [403, vendor('FORBIDDEN'), 'permission'],
    [403, '<html>', 'permission'],
    [400, vendor('INSUFFICIENT_ACCESS_OR_READONLY'), 'permission'],
    [300, ['/services/data/v62.0/sobjects/Account/001'], 'duplicate'],
    [400, vendor('DUPLICATE_VALUE'), 'duplicate'],
    [400, vendor('DUPLICATES_DETECTED'), 'duplicate'],
    [400, vendor('REQUIRED_FIELD_MISSING'), 'validation'],
    [400, vendor('A_CODE_OF_TOMORROW'), 'validation'],
    [400, vendor('UNABLE_TO_LOCK_ROW'), 'transient'],
    [404, vendor('NOT_FOUND'), 'not_found'],
    [404, vendor('ENTITY_IS_DELETED'), 'not_found'],
    [409, vendor('CONFLICT_OF_TOMORROW'), 'stale'],
    [412, '', 'stale'],
    [410, vendor('NOT_FOUND'), 'config'],
    [410, '', 'config'],
    [414, '', 'too_large'],
    [415, vendor('UNSUPPORTED_MEDIA_TYPE'), 'config'],
    [420, '', 'transient'],
    [429, '', 'rate_limited'],
    [500, vendor('UNKNOWN_EXCEPTION'), 'transient'],
    [500, '<html>', 'transient'],
    [503, vendor('SERVER_UNAVAILABLE'), 'transient'],
    [400, vendor('QUERY_TIMEOUT'), 'transient'],
    [400, vendor('INVALID_QUERY_LOCATOR'), 'transient'],
    [400, vendor('InvalidVersion'), 'config'],
    [400, vendor('STORAGE_LIMIT_EXCEEDED'), 'config'],
    [302, '', 'config'],
  ])('%i %j is %s', (status, body, category) => {
    expect(errorOfAnswer(answer(status, body))).toMatchObject({ category, httpStatus: status });
  });

  it('names code, words and fields of the vendor', () => {
    expect(errorOfAnswer(answer(400, vendor('STRING_TOO_LONG', 'data value too large', ['Name'])))).toEqual({
      category: 'validation',
      code: 'STRING_TOO_LONG',
      message: 'STRING_TOO_LONG: data value too large',
      httpStatus: 400,
      fields: ['Name'],
    });
    expect(errorOfAnswer(answer(300, ['/a', '/b'])).code).toBe('MULTIPLE_CHOICES');
  });

  it('tells the daily limit from too many calls at once', () => {
    expect(errorOfAnswer(answer(403, vendor('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')))).toMatchObject(
      {
        category: 'rate_limited',
        retryAfterMs: 900_000,
      },
    );
    const concurrent = vendor('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.');
    expect(errorOfAnswer(answer(403, concurrent)).category).toBe('concurrency');
    expect(errorOfAnswer(answer(403, concurrent))).not.toHaveProperty('retryAfterMs');
  });

  it('reads whatever a body may be', () => {
    for (const body of [
      'null',
      '[null]',
      '[[]]',
      '{"errorCode":7}',
      '[{"errorCode":""}]',
      '{"__proto__":{"errorCode":"X"}}',
    ]) {
      expect(errorOfAnswer(answer(400, body))).toMatchObject({ category: 'validation', code: 'http_400' });
    }
  });
});

describe('errorOfItem', () => {
  it('finds a locked row behind an automation, and only there', () => {
    const locked = (code: string) => errorOfItem({ code, message: 'x: UNABLE_TO_LOCK_ROW, y', fields: [] }).category;
    expect(locked('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY')).toBe('transient');
    expect(locked('CANNOT_EXECUTE_FLOW_TRIGGER')).toBe('transient');
    expect(locked('FIELD_CUSTOM_VALIDATION_EXCEPTION')).toBe('validation');
    expect(errorOfItem({ code: 'APEX_ERROR', message: 'null pointer', fields: [] }).category).toBe('validation');
  });
});
