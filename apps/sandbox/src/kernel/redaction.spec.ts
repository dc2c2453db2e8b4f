import { redactHeaders, redactText } from './redaction';

describe('redaction', () => {
  it('hides credentials in headers and leaves their scheme', () => {
    expect(
      redactHeaders({
        authorization: 'Basic aHViOnNlY3JldA==',
        cookie: 'sid=abc',
        'x-api-key': 'key-1',
        accept: 'application/json',
      }),
    ).toEqual({
      authorization: 'Basic [redacted]',
      cookie: '[redacted]',
      'x-api-key': '[redacted]',
      accept: 'application/json',
    });
  });

  it('hides secrets in forms, queries, JSON and wherever a session id stands', () => {
    expect(redactText('grant_type=refresh_token&refresh_token=abc&x=1')).toBe(
      'grant_type=refresh_token&refresh_token=[redacted]&x=1',
    );
    expect(redactText('code=abc&state=s')).toBe('code=[redacted]&state=s');
    expect(redactText('{"access_token":"a\\"b","Name":"n"}')).toBe('{"access_token":"[redacted]","Name":"n"}');
    expect(redactText('see 00DHb0000004CEt!AQ.abc_1 here')).toBe('see [redacted] here');
    expect(redactText('{"error_code":"x","Name":"code"}')).toBe('{"error_code":"x","Name":"code"}');
  });
});
