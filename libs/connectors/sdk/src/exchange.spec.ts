import { err, ok } from '@hub/platform';
import { createExchangeRecorder, EXCERPT_BYTES, secretsOf } from './exchange';

const SECRET = 'canary-4711-secret';
const recorder = createExchangeRecorder([SECRET]);
const request = {
  method: 'POST',
  url: `https://host/a?key=1&q=${SECRET}`,
  headers: { Authorization: 'Bearer x', 'X-Odd': `v ${SECRET}` },
  body: `{"a":"${SECRET}"}`,
};
const response = (body: Buffer, headers: Record<string, string> = {}) =>
  ok({ status: 200, headers, body, durationMs: 12.4 });

describe('createExchangeRecorder', () => {
  it('keeps no secret, by name or by value, on the way out or back', () => {
    const exchange = recorder.record(
      request,
      response(Buffer.from(`echo ${SECRET}`), { 'set-cookie': 'sid=1', 'x-echo': SECRET }),
    );
    expect(JSON.stringify(exchange)).not.toMatch(/canary|Bearer|sid=1|key=1/);
    expect(exchange).toMatchObject({
      request: { method: 'POST', body: '{"a":"[redacted]"}' },
      response: { status: 200, body: 'echo [redacted]' },
      durationMs: 12,
    });
  });

  it('keeps of a header a part, with no secret at its end', () => {
    const headers = { 'x-ray': 'y'.repeat(1_020) + SECRET, 'x-short': 'y'.repeat(1_024) };
    const kept = recorder.record({ ...request, headers }, response(Buffer.alloc(0), headers));
    for (const side of [kept.request, kept.response]) {
      expect(side?.headers['x-ray']).toMatch(/^y{1020}\[red… \[\d+ bytes in all\]$/);
      expect(side?.headers['x-short']).toBe(headers['x-short']);
    }
  });

  it('hides a secret that lies across the cut', () => {
    const body = 'x'.repeat(EXCERPT_BYTES - 5) + SECRET + 'y'.repeat(100_000);
    const exchange = recorder.record(
      { ...request, body },
      err({ kind: 'reset', message: '', mayHaveBeenSent: true, durationMs: 1 }),
    );
    expect(exchange.request.body).not.toContain('cana');
    expect(exchange.request.body).toContain(`[${body.length} bytes in all]`);
    expect(exchange.request.body!.length).toBeLessThan(EXCERPT_BYTES + 50);
    expect(exchange.response).toBeNull();
  });

  it('names binary answers instead of showing them', () => {
    const png = recorder.record(request, response(Buffer.from([1, 2, 3]), { 'content-type': 'image/png' }));
    expect(png.response?.body).toBe('[3 bytes of image/png]');
    const json = recorder.record(request, response(Buffer.from('{}'), { 'content-type': 'application/vnd.x+json' }));
    expect(json.response?.body).toBe('{}');
    expect(recorder.record(request, response(Buffer.alloc(0))).response?.body).toBeNull();
  });

  it('narrows a batch to one record', () => {
    const whole = recorder.record(request, response(Buffer.from('[1,2,3]')));
    const part = recorder.part(whole, { index: 2, count: 3, request: `b ${SECRET}`, response: '2' });
    expect(part).toMatchObject({
      request: { url: whole.request.url, body: 'b [redacted]' },
      response: { status: 200, body: '2' },
      part: { index: 2, count: 3 },
    });
  });

  it('cleans what a vendor says', () => {
    const error = recorder.cleanError({
      category: 'validation',
      code: 'BAD',
      message: `token ${SECRET} ${'x'.repeat(2000)}`,
      fields: [SECRET],
    });
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(error.message.length).toBeLessThan(600);
    expect(error.category).toBe('validation');
  });
});

describe('secretsOf', () => {
  it('collects every string but those of public members', () => {
    const credentials = {
      token: 'a',
      n: 1,
      nested: { list: ['b', { c: 'd' }] },
      instance_url: 'https://x',
      none: null,
    };
    expect(secretsOf(credentials, ['instance_url'])).toEqual(['a', 'b', 'd']);
  });

  it('knows what is behind the scheme of a header', () => {
    const basic = `Basic ${Buffer.from('hub:pass:word').toString('base64')}`;
    expect(secretsOf({ headers: { authorization: 'Bearer canary-1' } })).toEqual(['Bearer canary-1', 'canary-1']);
    expect(secretsOf({ authorization: basic })).toEqual([basic, basic.slice(6), 'hub:pass:word', 'pass:word']);
    expect(secretsOf({ password: 'correct horse battery' })).toEqual(['correct horse battery']);
  });
});
