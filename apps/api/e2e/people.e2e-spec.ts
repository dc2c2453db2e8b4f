import { TOTP, Secret } from 'otpauth';
import { PASSWORD, StagedBrowser } from '../../../test/support/staged-browser';
import { stageHub, unique, type StagedHub, type StagedTenant } from '../../../test/support/staged-hub';

describe('people', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;

  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis', workers: 0 });
    tenant = await hub.newTenant();
  });
  afterAll(() => hub?.stop());

  const browser = (): StagedBrowser => new StagedBrowser(tenant.client.apiUrl);
  const person = async (role: string | null, fields: Record<string, unknown> = {}): Promise<string> => {
    const email = `${unique('p')}@example.com`;
    await hub.operator.demand('POST', '/admin/v1/users', {
      email,
      name: 'Somebody',
      password: PASSWORD,
      memberships: role === null ? [] : [{ tenant_id: tenant.publicId, role }],
      ...fields,
    });
    return email;
  };

  it('are let in by their password, with a cookie that no script can read', async () => {
    const email = await person('admin');
    const someone = browser();
    const answer = await someone.signIn(email);
    expect(answer).toMatchObject({ status: 200, body: { status: 'signed_in' } });
    expect(answer.cookie).toMatch(/^hub_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const { body } = await someone.enter();
    expect(body).toMatchObject({ user: { email }, role: 'admin', is_operator: false, tenant: { id: tenant.publicId } });
    expect((await someone.send('GET', '/v1/connections')).status).toBe(200);
  });

  it('get a session of their own, whatever cookie somebody has put into their browser', async () => {
    const email = await person('viewer');
    const planted = `hub_session=${'A'.repeat(43)}`;
    const signIn = await browser().send('POST', '/auth/sign-in', { email, password: PASSWORD }, { cookie: planted });
    expect(signIn.status).toBe(200);
    const own = (signIn.cookie ?? '').split(';')[0] ?? '';
    expect(own).not.toBe(planted);
    const sees = async (cookie: string): Promise<number> =>
      (await browser().send('GET', '/v1/connections', undefined, { cookie })).status;
    expect([await sees(planted), await sees(own)]).toEqual([401, 200]);
  });

  it('show nothing to pages of other sites, nor inside of one', async () => {
    const origin = 'https://other.example';
    const url = `${tenant.client.apiUrl}/v1/connections`;
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await fetch(url, { method, headers: { origin, 'access-control-request-method': 'POST' } });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    const page = await fetch(`${tenant.client.apiUrl}/docs`);
    expect(page.headers.get('content-security-policy')).toMatch(/(^|;)\s*frame-ancestors '(none|self)'/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('learn nothing about who exists from a wrong password', async () => {
    const email = await person('viewer');
    const known = await browser().signIn(email, 'not the right one');
    const unknown = await browser().signIn('nobody@example.com', 'not the right one');
    expect([known.status, known.body['code']]).toEqual([401, 'wrong_credentials']);
    expect([unknown.status, unknown.body['code']]).toEqual([401, 'wrong_credentials']);
  });

  it('wait after guessing too often, even for the right password, and nobody learns by it who exists', async () => {
    const email = await person('viewer');
    const guess = (who: string, tries: number) => browser().signIn(who, `guess number ${tries}`);
    for (let tries = 0; tries < 5; tries++) await guess(email, tries);
    const [known, unknown] = [await guess(email, 5), await guess('nobody@example.com', 5)];
    expect([known.status, known.body['detail']]).toEqual([unknown.status, unknown.body['detail']]);
    expect(await browser().signIn(email)).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
  });

  it('change nothing from another site, or without the token of their session', async () => {
    const someone = browser();
    await someone.signIn(await person('admin'));
    const change = { email: `${unique('x')}@example.com`, role: 'viewer' };
    const foreign = await someone.send('POST', '/v1/members', change, { 'sec-fetch-site': 'cross-site' });
    expect([foreign.status, foreign.body['code']]).toEqual([403, 'csrf_failed']);
    const bare = await someone.send('POST', '/v1/members', change, { 'x-csrf-token': 'guessed' });
    expect([bare.status, bare.body['code']]).toEqual([403, 'csrf_failed']);
    expect((await someone.send('POST', '/v1/members', change)).status).toBe(201);
  });

  it('may do what their role says', async () => {
    const viewer = browser();
    await viewer.signIn(await person('viewer'));
    expect((await viewer.send('GET', '/v1/routes')).status).toBe(200);
    expect((await viewer.send('POST', '/v1/api-keys', {})).body['code']).toBe('missing_scope');
    expect((await viewer.send('GET', '/v1/api-keys')).body['code']).toBe('missing_scope');
  });

  it('prove with a code that it is they, each code once', async () => {
    const email = await person('developer');
    const someone = browser();
    await someone.signIn(email);
    const begun = await someone.send('POST', '/auth/totp', { password: PASSWORD });
    const totp = new TOTP({ secret: Secret.fromBase32(String(begun.body['secret'])) });
    const confirming = totp.generate();
    const confirmed = await someone.send('POST', '/auth/totp/confirm', { code: confirming });
    expect(confirmed.body['recovery_codes']).toHaveLength(10);

    const again = browser();
    const { body } = await again.signIn(email);
    expect(body['status']).toBe('totp_required');
    const { challenge } = body;
    expect((await again.send('GET', '/v1/routes')).status).toBe(401);
    const used = await again.send('POST', '/auth/sign-in/totp', { challenge, code: confirming });
    expect([used.status, used.body['code']]).toEqual([401, 'wrong_code']);
    const [recovery] = confirmed.body['recovery_codes'] as string[];
    const code = { challenge, code: recovery };
    expect((await again.send('POST', '/auth/sign-in/totp', code)).body).toEqual({ status: 'signed_in' });
    const third = await browser().signIn(email);
    const twice = { challenge: third.body['challenge'], code: recovery };
    expect((await browser().send('POST', '/auth/sign-in/totp', twice)).status).toBe(401);
  });

  it('join by an invitation, once', async () => {
    const admin = browser();
    await admin.signIn(await person('admin'));
    const email = `${unique('new')}@example.com`;
    const invited = await admin.send('POST', '/v1/members', { email, role: 'support' });
    const token = String(invited.body['invitation_url']).split('/').pop();
    const newcomer = browser();
    expect((await newcomer.send('GET', `/auth/invitations/${token}`)).body).toMatchObject({
      email,
      role: 'support',
      needs_password: true,
    });
    const joining = { name: 'New', password: PASSWORD };
    expect((await newcomer.send('POST', `/auth/invitations/${token}`, joining)).body).toEqual({ status: 'signed_in' });
    expect((await newcomer.enter()).body).toMatchObject({ role: 'support', user: { name: 'New' } });
    expect((await browser().send('POST', `/auth/invitations/${token}`, joining)).status).toBe(404);
  });

  it('cannot make owners unless they are owners, and the last owner stays', async () => {
    const owner = browser();
    await owner.signIn(await person('owner'));
    const admin = browser();
    await admin.signIn(await person('admin'));
    const { body } = await owner.send('GET', '/v1/members');
    const last = body['data'].find((member: { role: string }) => member.role === 'owner').id;
    expect((await admin.send('PATCH', `/v1/members/${last}`, { role: 'viewer' })).body['code']).toBe(
      'insufficient_role',
    );
    expect((await admin.send('POST', '/v1/members', { email: 'o@example.com', role: 'owner' })).status).toBe(403);
    expect((await owner.send('PATCH', `/v1/members/${last}`, { role: 'viewer' })).body['code']).toBe('last_owner');
    expect((await owner.send('DELETE', `/v1/members/${last}`)).body['code']).toBe('last_owner');
  });

  it('see and end their sessions, and lose the others with a new password', async () => {
    const email = await person('viewer');
    const [here, there] = [browser(), browser()];
    await here.signIn(email);
    await there.signIn(email);
    expect((await here.send('GET', '/auth/sessions')).body['data']).toHaveLength(2);
    const passwords = { current_password: PASSWORD, new_password: 'another long one' };
    expect((await here.send('POST', '/auth/password', passwords)).status).toBe(204);
    expect((await here.send('GET', '/auth/sessions')).body['data']).toHaveLength(1);
    expect((await browser().signIn(email, 'another long one')).status).toBe(200);
    expect((await here.send('POST', '/auth/sign-out')).status).toBe(204);
    expect((await here.send('GET', '/auth/session')).status).toBe(204);
    expect((await here.send('GET', '/auth/sessions')).status).toBe(401);
  });

  it('have one session in a browser: who signs in again leaves none behind', async () => {
    const [email, other] = [await person('viewer'), await person('viewer')];
    const here = browser();
    await here.signIn(email);
    await here.signIn(email);
    const open = (await here.send('GET', '/auth/sessions')).body['data'] as { current: boolean }[];
    expect(open.map(({ current }) => current)).toEqual([true]);
    // Nor does who lends the browser to somebody else.
    await here.signIn(other);
    const there = browser();
    await there.signIn(email);
    expect((await there.send('GET', '/auth/sessions')).body['data']).toHaveLength(1);
  });

  it('leave a record of how they came in and what they changed', async () => {
    const everything = await tenant.client.demand<{ data: { action: string }[] }>('GET', '/v1/audit-log?limit=200');
    const actions = new Set(everything.data.map(({ action }) => action));
    for (const action of [
      'session.signed_in',
      'session.refused',
      'session.signed_out',
      'member.invited',
      'member.joined',
      'user.password_changed',
      'user.totp_enabled',
    ])
      expect(actions).toContain(action);
  });

  it('who run the hub enter a company for a reason that it can read', async () => {
    const operator = browser();
    await operator.signIn(await person(null, { is_operator: true }));
    expect((await operator.send('GET', '/admin/v1/tenants')).status).toBe(200);
    expect((await operator.send('GET', '/v1/routes')).body['code']).toBe('no_tenant');
    const visit = { tenant_id: tenant.publicId, reason: 'ticket 42' };
    const outside = await operator.enter();
    const entered = await operator.send('POST', '/auth/operator/enter', visit);
    expect([entered.status, entered.cookie]).toEqual([204, expect.any(String)]);
    // A session of another token: what a process remembers of the one before is of no use.
    const inside = await operator.enter();
    expect(inside.body['csrf_token']).not.toBe(outside.body['csrf_token']);
    expect((await operator.send('GET', '/v1/routes')).status).toBe(200);
    expect((await operator.send('GET', '/v1/api-keys')).status).toBe(403);
    expect((await operator.send('GET', '/v1/audit-log?action=operator.entered')).body['data'][0]).toMatchObject({
      reason: 'ticket 42',
    });
    expect((await operator.send('POST', '/auth/operator/leave')).status).toBe(204);
    expect((await operator.send('GET', '/v1/routes')).body['code']).toBe('no_tenant');
  });

  it('who run the hub enter no company that is suspended', async () => {
    const closed = await hub.newTenant();
    await hub.operator.demand('PATCH', `/admin/v1/tenants/${closed.publicId}`, { status: 'suspended' });
    const operator = browser();
    await operator.signIn(await person(null, { is_operator: true }));
    await operator.enter();
    const visit = { tenant_id: closed.publicId, reason: 'ticket 42' };
    const refused = await operator.send('POST', '/auth/operator/enter', visit);
    expect([refused.status, refused.body['code']]).toEqual([409, 'tenant_not_active']);
    expect((await operator.enter()).body).toMatchObject({ tenant: null, acting_as_operator: null });
  });
});
