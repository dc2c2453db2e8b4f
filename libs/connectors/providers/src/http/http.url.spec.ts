import { type DeliveryRecord } from '@hub/connector-sdk';
import { parseUrlTemplate } from './http.url';

const record = (payloadText: string, overrides: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  deliveryId: 'dlv_1',
  idempotencyKey: 'key_1',
  eventId: 'evt_1',
  eventType: 'order.created',
  subject: 'order/7',
  payloadText,
  mayHaveBeenSent: false,
  acceptedAt: new Date(0),
  traceparent: null,
  ...overrides,
});

function expand(template: string, payload: unknown, overrides: Partial<DeliveryRecord> = {}): string {
  const parsed = parseUrlTemplate(template);
  if (!parsed.ok) throw new Error(parsed.error);
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const url = parsed.value.expand(record(text, overrides));
  return url.ok ? url.value : url.error.code;
}

describe('expanding', () => {
  it.each<[string, unknown, string]>([
    ['https://h/a%2Fb?x=1', {}, 'https://h/a%2Fb?x=1'],
    ['https://h/{event.subject}/{event.type}', {}, 'https://h/order%2F7/order.created'],
    ['https://h/{event.id}/{delivery.id}/{idempotency_key}', {}, 'https://h/evt_1/dlv_1/key_1'],
    ['https://h/{payload.a.b}', { a: { b: 'x y?&#/\\@:' } }, 'https://h/x%20y%3F%26%23%2F%5C%40%3A'],
    ['https://h/x{/payload.a,payload.b}', { a: 1, b: true }, 'https://h/x/1/true'],
    ['https://h/x{?payload.a,payload.b}', { a: 'ü' }, 'https://h/x?payload.a=%C3%BC'],
    ['https://h/x?q=1{&payload.tags*}', { tags: ['a', 'b c'] }, 'https://h/x?q=1&payload.tags=a&payload.tags=b%20c'],
    ['https://h/{payload.list}', { list: ['a,b', null, 2] }, 'https://h/a%2Cb,2'],
    ['https://h/{payload.items.1.id}', { items: [{}, { id: 'second' }] }, 'https://h/second'],
    ['https://h/{payload.id:3}', { id: 'abcdef' }, 'https://h/abc'],
    ['https://h/{payload.id}', '{"id":12345678901234567890}', 'https://h/12345678901234567890'],
    ['https://h/{payload.amount}', '{"amount":1.10}', 'https://h/1.10'],
  ])('%s with %j gives %s', (template, payload, expected) => {
    expect(expand(template, payload)).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['https://h/{payload.id}', {}, 'url_variable_missing'],
    ['https://h/{payload.id}', { id: '' }, 'url_variable_missing'],
    ['https://h/{payload.id}', { id: null }, 'url_variable_missing'],
    ['https://h/{payload.id}', { id: [] }, 'url_variable_missing'],
    ['https://h/{payload.id}', { id: {} }, 'url_variable_invalid'],
    ['https://h/{payload.id}', { id: [{}] }, 'url_variable_invalid'],
    ['https://h/{payload.constructor}', {}, 'url_variable_missing'],
    ['https://h/{payload.__proto__}', {}, 'url_variable_missing'],
    ['https://h/{payload.id}', 'not json', 'payload_not_json'],
    ['https://h/a/{payload.id}/b', { id: '..' }, 'url_variable_invalid'],
    ['https://h/a/{payload.id}', { id: '.' }, 'url_variable_invalid'],
    ['https://h/a/{payload.id}{payload.id}', { id: '.' }, 'url_variable_invalid'],
    ['https://h/a/%2e{payload.id}', { id: '.' }, 'url_variable_invalid'],
    ['https://h/{payload.id}', '{"id":"\\ud800"}', 'url_variable_invalid'],
  ])('%s with %j is refused: %s', (template, payload, code) => {
    expect(expand(template, payload)).toBe(code);
  });

  it('does not need JSON when it uses nothing of the payload', () => {
    expect(expand('https://h/{event.id}', 'plain text')).toBe('https://h/evt_1');
    expect(expand('https://h/{event.subject}', '', { subject: null })).toBe('url_variable_missing');
  });

  it('cannot be made to leave its host', () => {
    for (const value of ['//evil.example', '@evil.example/', '\\\\evil', '?x', '#x', ':80@evil', '%2F%2Fevil']) {
      const url = new URL(expand('https://h.example/{payload.v}', { v: value }));
      expect([url.host, url.search, url.hash]).toEqual(['h.example', '', '']);
      expect(url.pathname.split('/')).toHaveLength(2);
    }
  });
});

describe('parsing', () => {
  it.each([
    'https://{payload.host}/x',
    'https://h.{event.type}/x',
    'https://h{.payload.a}/x',
    'https://h{/payload.a}',
    'https://h/{+payload.path}',
    'https://h/{#payload.path}',
    'https://h/{payload.a',
    'https://h/payload.a}',
    'https://h/{}',
    'https://h/{payload}',
    'https://h/{unknown}',
    'https://h/{payload.a-b}',
    'https://h/{payload.a:0}',
    'https://h/{payload.a,}',
    'https:///{payload.a}',
  ])('refuses %s', (template) => {
    const parsed = parseUrlTemplate(template);
    expect(parsed).toMatchObject({ ok: false, error: expect.any(String) });
  });
});
