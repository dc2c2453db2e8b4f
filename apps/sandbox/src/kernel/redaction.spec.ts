import { redactHeaders, redactText, secretsSent, withoutSecrets } from './redaction';

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

  it('finds what a caller has proved himself with, and hides it where it is repeated', () => {
    const basic = { authorization: `Basic ${Buffer.from('hub:canary:1').toString('base64')}` };
    expect(secretsSent(basic, '')).toContain('canary:1');
    expect(secretsSent({ authorization: 'OAuth realm="1", oauth_token="canary-2", x="y"' }, '')).toContain('canary-2');
    expect(secretsSent({ authorization: 'Bearer canary-3' }, 'refresh_token=canary%2F4&name=n')).toEqual(
      expect.arrayContaining(['canary-3', 'canary/4']),
    );
    expect(secretsSent({}, '{"password":"canary\\"5","Name":"n"}')).toContain('canary"5');
    const echo = `you sent canary/4, ${encodeURIComponent('canary/4')} and ${Buffer.from('canary/4').toString('base64')}`;
    expect(withoutSecrets(echo, ['canary/4', '', 'and'])).toBe('you sent [redacted], [redacted] and [redacted]=');
  });
});
