import { randomBytes } from 'node:crypto';
import { recordedActions } from '@hub/testing';
import { TEST_PUBLIC_URL } from '../connections/fixtures/config-api';
import { SignInStage, titleOf } from './fixtures/sign-in-stage';

const ANOTHER = 'This sign-in was begun in another browser';
const NO_COOKIE = { cookie: '' };

describe('a link for signing in, as it was given to a program', () => {
  let stage: SignInStage;
  beforeAll(async () => {
    stage = await SignInStage.start();
  }, 60_000);
  afterAll(() => stage?.stop());
  beforeEach(() => stage.reset());

  async function link(id: string): Promise<string> {
    const { body } = await stage.api.call(stage.key, 'POST', `/v1/connections/${id}/authorize`);
    return String(body['authorize_url']).replace(TEST_PUBLIC_URL, '');
  }

  it('leads to a page of the hub that names company and connection, and does nothing by itself', async () => {
    const id = await stage.newConnection();
    const page = await stage.api.browse(await link(id));
    expect([page.status, titleOf(page)]).toEqual([
      200,
      expect.stringMatching(/^Let t-[0-9a-f]+ in to OAuth Vendor\?$/),
    ]);
    expect(page.text).toContain('“c &lt;i&gt;');
    expect(page.text).toContain('<form method="post"><button>Go on to OAuth Vendor</button></form>');
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin' });
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(await recordedActions(stage.database, id)).toEqual(['connection.created', 'connection.sign_in_begun']);
  });

  it('remembers the browser whose button was pressed, where no script and no other host sees it', async () => {
    const begun = await stage.api.browse(await link(await stage.newConnection()), 'POST', NO_COOKIE);
    expect(begun.status).toBe(303);
    expect(String(begun.headers['location'])).toMatch(new RegExp(`^${stage.vendor.url}/authorize\\?`));
    expect(begun.headers['set-cookie']).toMatch(
      /^__Host-hub_connect=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it.each<Readonly<Record<string, string>>>([
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://evil.example' },
  ])('is not begun by a page of somebody else: %j', async (headers) => {
    const before = await link(await stage.newConnection());
    const page = await stage.api.browse(before, 'POST', headers);
    expect([page.status, titleOf(page)]).toEqual([403, 'This did not come from a page of the hub']);
    expect(page.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['without a cookie', () => NO_COOKIE],
    ['with one of its own', () => ({ cookie: `__Host-hub_connect=${randomBytes(32).toString('base64url')}` })],
  ])('connects nothing of whom the vendor sends back in another browser, %s', async (_how, other) => {
    const id = await stage.newConnection();
    const callback = stage.vendor.approve(await stage.link(id), 'of-a-stranger');
    const page = await stage.api.browse(callback, 'GET', other());
    expect([page.status, titleOf(page)]).toEqual([400, ANOTHER]);
    expect(stage.vendor.calls('/token')).toBe(0);
    expect(await stage.get(id)).toMatchObject({ has_credentials: false, account: null });
    expect((await recordedActions(stage.database, id)).at(-1)).toBe('connection.signed_in (refused)');
    expect(titleOf(await stage.api.browse(callback))).toBe('This sign-in has already been used');
  });

  it('connects nothing while nobody has pressed the button, whoever makes up the vendor’s address', async () => {
    const id = await stage.newConnection();
    const state = (await link(id)).split('/').at(-1) ?? '';
    const page = await stage.api.browse(`/oauth/callback/oauthvendor?code=x&state=${state}`);
    expect(titleOf(page)).toBe(ANOTHER);
    expect(stage.vendor.calls('/token')).toBe(0);
  });

  it('says why it cannot be begun', async () => {
    const unknown = await stage.api.browse('/oauth/start/unknown');
    expect([unknown.status, titleOf(unknown)]).toEqual([400, 'This sign-in is not known']);
    const id = await stage.newConnection();
    const url = await link(id);
    await stage.api.call(stage.key, 'PATCH', `/v1/connections/${id}`, { config: { environment: 'sandbox' } });
    expect(titleOf(await stage.api.browse(url, 'POST'))).toBe('The connection was changed meanwhile');
    await stage.api.call(stage.key, 'DELETE', `/v1/connections/${id}`);
    expect(titleOf(await stage.api.browse(url))).toBe('This sign-in is not known');
    const used = await stage.newConnection();
    const again = await link(used);
    await stage.api.browse(stage.vendor.approve(await stage.setOut(again)));
    expect(titleOf(await stage.api.browse(again))).toBe('This sign-in has already been used');
  });

  it.each(['GET', 'POST'] as const)(
    'is answered with a page where the hub itself fails, and goes on after that: %s',
    async (method) => {
      const url = await link(await stage.newConnection());
      const may = (verb: string): Promise<unknown> =>
        stage.database.asSuperuser((client) => client.query(`${verb} hub_app`));
      stage.logged.splice(0);
      await may('revoke execute on function find_oauth_authorization from');
      const page = await stage.api
        .browse(url, method)
        .finally(() => may('grant execute on function find_oauth_authorization to'));
      expect([page.status, titleOf(page)]).toEqual([500, 'Something went wrong on our side']);
      expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      const lines = stage.logged.map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(lines).toContainEqual(
        expect.objectContaining({
          msg: 'a sign-in could not be begun',
          request_id: page.headers['x-request-id'],
          error: expect.objectContaining({ code: '42501' }),
        }),
      );
      expect((await stage.api.browse(url)).status).toBe(200);
    },
  );

  it('lets one browser sign in to two connections at once', async () => {
    const [first, second] = [await stage.newConnection(), await stage.newConnection()];
    const [one, other] = [await stage.link(first), await stage.link(second)];
    expect(titleOf(await stage.api.browse(stage.vendor.approve(one)))).toBe('Connected');
    expect(titleOf(await stage.api.browse(stage.vendor.approve(other)))).toBe('Connected');
  });
});
