import { createScrubber, excerptBody, redactHeaders, redactUrl, REDACTED } from './redaction';

describe('redactHeaders', () => {
  it('replaces credentials whatever their case and keeps the rest', () => {
    const redacted = redactHeaders({
      Authorization: 'Bearer abc',
      'X-Api-Key': 'abc',
      'Set-Cookie': 'sid=abc',
      'X-Amz-Security-Token': 'abc',
      'webhook-signature': 'v1,abc',
      'Idempotency-Key': 'dlv_1',
      'content-type': 'application/json',
      traceparent: '00-1-2-01',
    });
    expect(redacted).toEqual({
      authorization: REDACTED,
      'x-api-key': REDACTED,
      'set-cookie': REDACTED,
      'x-amz-security-token': REDACTED,
      'webhook-signature': REDACTED,
      'idempotency-key': 'dlv_1',
      'content-type': 'application/json',
      traceparent: '00-1-2-01',
    });
  });

  it.each([
    [
      'location',
      'https://u:pw@idp/cb?access_token=abc&x=1#id_token=def',
      `https://idp/cb?access_token=${REDACTED}&x=1#id_token=${REDACTED}`,
    ],
    ['content-location', '/cb?x=1&api%5Fkey=abc;d', `/cb?x=1&api%5Fkey=${REDACTED}`],
    [
      'link',
      '<https://v/?api_key=abc>; rel="next", </b?a=1>; rel=prev',
      `<https://v/?api_key=${REDACTED}>; rel="next", </b?a=1>; rel=prev`,
    ],
    ['link', '</cb?state=1;token=abc>', `</cb?state=1;token=${REDACTED}>`],
    ['location', '/a?next=/b?token=abc', `/a?next=/b?token=${REDACTED}`],
    ['refresh', '5; url=/a?token=abc', `5; url=/a?token=${REDACTED}`],
    ['x-next-page', 'see https://v/?signature=abc for more', `see https://v/?signature=${REDACTED} for more`],
    ['cache-control', 'private, max-age=5', 'private, max-age=5'],
  ])('takes credentials out of the addresses in %s', (name, value, left) => {
    expect(redactHeaders({ [name]: value })).toEqual({ [name]: left });
  });
});

describe('redactUrl', () => {
  it('takes out user info, fragment and secret query values, and keeps the spelling of the rest', () => {
    expect(redactUrl('https://user:pw@host:8443/a%2Fb?id=1%202&api_key=abc&flag&Access%5FToken=x#frag')).toBe(
      `https://host:8443/a%2Fb?id=1%202&api_key=${REDACTED}&flag&Access%5FToken=${REDACTED}`,
    );
  });

  it('does not trip over broken escapes', () => {
    expect(redactUrl('https://host/?%zz=1&token=%zz')).toBe(`https://host/?%zz=1&token=${REDACTED}`);
  });

  it('shows nothing of what is not a URL', () => {
    expect(redactUrl('hunter2 is my password')).toBe(REDACTED);
  });
});

describe('excerptBody', () => {
  it('leaves a short text alone', () => {
    expect(excerptBody('grüß', 6)).toBe('grüß');
  });

  it('cuts between characters and names the full size', () => {
    expect(excerptBody('aé€😀', 2)).toBe('a… [10 bytes in all]');
    expect(excerptBody('aé€😀', 5)).toBe('aé… [10 bytes in all]');
    expect(excerptBody('aé€😀', 9)).toBe('aé€… [10 bytes in all]');
    expect(excerptBody('abc😀', 4)).toBe('abc… [7 bytes in all]');
  });
});

describe('createScrubber', () => {
  const secret = 'p@ss/w+rd"ö';

  it.each([
    ['plain', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ a: secret }).toString()],
    ['inside JSON', JSON.stringify({ a: secret })],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ])('hides a secret %s', (_name, text) => {
    const scrubbed = createScrubber([secret])(`before ${text} after`);
    expect(scrubbed).toContain(REDACTED);
    expect(scrubbed).not.toContain(secret);
    expect(scrubbed).not.toContain(text.length > 30 ? 'w%2Brd' : text);
    expect(scrubbed).toMatch(/^before .* after$/);
  });

  it('hides a secret that contains another as a whole', () => {
    expect(createScrubber(['secret', 'secret-long'])('x secret-long y')).toBe(`x ${REDACTED} y`);
  });

  it('ignores values that ordinary text contains by chance', () => {
    expect(createScrubber(['', 'a', 'id'])('a valid id')).toBe('a valid id');
  });
});
