import { hubNow } from './hub-clock';

const ORIGIN = 'http://hub.test';
const REFUSED = { code: 'csrf_failed' };
// All of a browser that the module needs.
Object.assign(globalThis, { window: { location: { origin: ORIGIN } } });

type Api = typeof import('./api');
let api: Api;
let sent: { readonly token: string | null; readonly body: string }[];
let answers: Response[];

beforeAll(async () => {
  api = await import('./api');
});

beforeEach(() => {
  sent = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    const request = input as Request;
    sent.push({ token: request.headers.get('x-csrf-token'), body: await request.text() });
    return answers.shift() ?? Response.error();
  });
  api.setCsrfToken('old');
});
afterEach(() => jest.restoreAllMocks());

const refused = (): Response => Response.json(REFUSED, { status: 403 });

test('a change whose token is out of date is sent once more with the new one', async () => {
  answers = [refused(), Response.json({ is: 'done' })];
  api.onTokenRefused(() => Promise.resolve(api.setCsrfToken('new')));
  expect(await api.callAuth('POST', '/tenant', { tenant_id: 'ten_1' })).toEqual({ is: 'done' });
  expect(sent).toEqual([
    { token: 'old', body: '{"tenant_id":"ten_1"}' },
    { token: 'new', body: '{"tenant_id":"ten_1"}' },
  ]);
});

test('it is not where the session is of elsewhere, and not twice', async () => {
  answers = [refused()];
  api.onTokenRefused(() => Promise.resolve());
  await expect(api.callAuth('POST', '/tenant')).rejects.toMatchObject(REFUSED);
  expect(sent).toHaveLength(1);

  answers = [refused(), refused()];
  api.onTokenRefused(() => Promise.resolve(api.setCsrfToken('new')));
  await expect(api.callAuth('POST', '/tenant')).rejects.toMatchObject(REFUSED);
  expect(sent).toHaveLength(3);
});

test('what is refused for another reason is not sent again', async () => {
  answers = [Response.json({ code: 'insufficient_role' }, { status: 403 })];
  api.onTokenRefused(() => Promise.resolve(api.setCsrfToken('new')));
  await expect(api.callAuth('POST', '/tenant')).rejects.toMatchObject({ code: 'insufficient_role' });
  expect(sent).toHaveLength(1);
});

test('every answer says what time it is at the hub', async () => {
  const now = Date.parse('2026-11-22T12:00:00.000Z');
  jest.spyOn(Date, 'now').mockReturnValue(now);
  answers = [Response.json({}, { headers: { date: 'Sun, 22 Nov 2026 13:30:00 GMT' } }), Response.json({})];
  await api.callAuth('GET', '/session');
  expect(hubNow()).toBe(Date.parse('2026-11-22T13:30:00.000Z'));
  // One without a date says nothing.
  await api.callAuth('GET', '/session');
  expect(hubNow()).toBe(Date.parse('2026-11-22T13:30:00.000Z'));
});
