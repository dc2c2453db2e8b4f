import { randomBytes } from 'node:crypto';
import { type Role } from '@hub/tenancy';
import { toPublicId } from '@hub/platform';
import { type TestProvider } from '../../../test/support/identity-provider';
import { PASSWORD, type Answer, type StageBrowser } from '../../../test/support/people-stage';
import { pathOf, stageSso, type SsoCompany, type SsoStage } from '../../../test/support/sso-stage';

describe('single sign-on', () => {
  let stage: SsoStage;
  let company: SsoCompany;

  beforeAll(async () => {
    stage = await stageSso();
    company = await stage.newCompany();
  }, 60_000);
  afterAll(() => stage?.close());
  beforeEach(() => {
    stage.provider.misdeeds = {};
  });

  const someone = (domain = company.domain) => {
    const sub = randomBytes(5).toString('hex');
    return { sub, email: `${sub}@${domain}`, email_verified: true, name: 'Ada' };
  };
  async function enter(
    person: TestProvider['person'],
    of = company,
  ): Promise<{ browser: StageBrowser; answer: Answer }> {
    stage.provider.person = person;
    const browser = stage.browser();
    const { came } = await stage.go(browser, of);
    const answer = await came();
    if (answer.location === '/overview') await browser.enter();
    return { browser, answer };
  }
  const failure = (answer: Answer): string => (answer.location ?? '').replace('/sign-in?error=', '');

  it('lets a newcomer in as what newcomers become, and knows him the next time', async () => {
    const person = someone();
    const { browser, answer } = await enter(person);
    expect(answer.location).toBe('/overview');
    expect((await browser.enter()).body).toMatchObject({
      user: { email: person.email, name: 'Ada' },
      role: 'viewer',
      tenant: { id: toPublicId('tenant', company.id) },
    });
    const again = await enter(person);
    expect((await again.browser.enter()).body['role']).toBe('viewer');
    const joined = (await stage.actions(company.id)).filter((action) => action === 'member.joined');
    expect(joined).toHaveLength(1);
    // By nobody's password: they have none.
    expect((await stage.browser().signIn(person.email, PASSWORD)).body['code']).toBe('wrong_credentials');
  });

  it('makes of who was invited what he was invited as', async () => {
    const person = someone();
    const invited = await stage.api.send(company.key, 'POST', '/v1/members', {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ email: person.email, role: 'compliance', can_read_payloads: true }),
    });
    expect(invited.statusCode).toBe(201);
    const { browser } = await enter(person);
    const { body } = await browser.enter();
    expect(body['role']).toBe('compliance');
    expect(body['scopes']).toContain('payloads:read');
    const members = (await browser.send('GET', '/v1/members')).body['data'] as {
      status: string;
      user: { email: string };
    }[];
    expect(members.filter(({ user }) => user.email === person.email).map(({ status }) => status)).toEqual(['active']);
  });

  describe('lets nobody in', () => {
    const refused = async (
      misdeeds: TestProvider['misdeeds'],
      person: TestProvider['person'] = someone(),
    ): Promise<string> => {
      stage.provider.misdeeds = misdeeds;
      const { browser, answer } = await enter(person);
      expect((await browser.send('GET', '/v1/me')).status).toBe(401);
      return failure(answer);
    };
    const past = Math.floor(Date.now() / 1_000) - 3_600;

    it.each<[string, TestProvider['misdeeds']]>([
      ['signed by a key that is not the provider’s', { foreignKey: true }],
      ['not signed at all', { unsigned: true }],
      ['with the nonce of another sign-in', { claims: { nonce: 'another' } }],
      ['without a nonce', { claims: { nonce: undefined } }],
      ['meant for another client', { claims: { aud: 'somebody-else' } }],
      ['of another issuer', { claims: { iss: 'https://evil.example' } }],
      ['that has run out', { claims: { exp: past, iat: past - 300 } }],
    ])('by a token %s', async (_what, misdeeds) => {
      expect(await refused(misdeeds)).toBe('sso_not_trusted');
    });

    it('whom the provider refuses', async () => {
      expect(await refused({ refusal: 'access_denied' })).toBe('sso_refused');
    });

    it('whose e-mail nobody has verified, or who has none', async () => {
      const person = someone();
      expect(await refused({}, { ...person, email_verified: false })).toBe('sso_email_unverified');
      expect(await refused({ claims: { email_verified: 'true' } }, person)).toBe('sso_email_unverified');
    });

    it('of a domain that the company has not proved, be it another company’s', async () => {
      const other = await stage.newCompany();
      expect(await refused({}, someone(other.domain))).toBe('sso_wrong_domain');
      expect(await refused({}, someone('elsewhere.example'))).toBe('sso_wrong_domain');
    });

    it('who is disabled, or runs the hub', async () => {
      const [gone, operator] = [someone(), someone()];
      await enter(gone);
      await stage.database.asSuperuser((client) =>
        client.query(
          `update memberships set status = 'disabled' where user_id = (select id from users where email = $1)`,
          [gone.email],
        ),
      );
      expect(await refused({}, gone)).toBe('sso_disabled');
      await stage.person({}, { email: operator.email, isOperator: true });
      expect(await refused({}, operator)).toBe('sso_operator');
    });

    it('a second time by the same answer, or in another browser, or by way of another company', async () => {
      stage.provider.person = someone();
      const first = stage.browser();
      const { back, came } = await stage.go(first, company);
      const thief = stage.browser();
      expect(failure(await thief.send('GET', pathOf(back)))).toBe('sso_expired');
      // A thief with a sign-in of their own under way has another cookie, and another verifier.
      await stage.go(thief, company);
      expect(failure(await thief.send('GET', pathOf(back)))).toBe('sso_expired');
      expect((await came()).location).toBe('/overview');
      expect(failure(await came())).toBe('sso_expired');

      const other = await stage.newCompany();
      const second = stage.browser();
      const begun = await stage.go(second, company);
      const elsewhere = pathOf(begun.back).replace(company.slug, other.slug);
      expect(failure(await second.send('GET', elsewhere))).toBe('sso_expired');
    });

    it('by a code that has been used already', async () => {
      stage.provider.person = someone();
      const { back, came } = await stage.go(stage.browser(), company);
      expect((await came()).location).toBe('/overview');
      const second = stage.browser();
      const begun = await stage.go(second, company);
      begun.back.searchParams.set('code', back.searchParams.get('code') ?? '');
      expect(failure(await second.send('GET', pathOf(begun.back)))).toBe('sso_not_trusted');
    });

    it('after ten minutes', async () => {
      const { came } = await stage.go(stage.browser(), company);
      await stage.database.asSuperuser((client) => client.query(`update sso_sign_ins set expires_at = now()`));
      expect(failure(await came())).toBe('sso_expired');
    });

    it('and says so in the company’s log', async () => {
      const of = await stage.newCompany();
      stage.provider.misdeeds = { foreignKey: true };
      await enter(someone(of.domain), of);
      expect(await stage.actions(of.id)).toContain('session.refused');
    });
  });

  it('is good in its own company alone', async () => {
    const elsewhere = (await stage.api.newTenant()).id;
    const person = someone();
    await stage.person({ [elsewhere]: 'owner' }, { email: person.email });
    const { browser } = await enter(person);
    const switched = await browser.send('POST', '/auth/tenant', { tenant_id: toPublicId('tenant', elsewhere) });
    expect([switched.status, switched.body['code']]).toEqual([403, 'sso_session']);
  });

  describe('when it is required', () => {
    let strict: SsoCompany;
    beforeAll(async () => {
      strict = await stage.newCompany({ required: true });
    });
    const member = (role: Role): Promise<string> =>
      stage.person({ [strict.id]: role }, { email: `${randomBytes(5).toString('hex')}@${strict.domain}` });

    it('takes the password from all but owners, and tells nobody who exists', async () => {
      const admin = await stage.browser().signIn(await member('admin'));
      expect(admin).toMatchObject({ status: 403, body: { code: 'sso_required', tenant_slug: strict.slug } });
      const answers = [
        await stage.browser().signIn(await member('viewer'), 'wrong password'),
        await stage.browser().signIn(`nobody@${strict.domain}`, 'wrong password'),
        await stage.browser().signIn(await member('owner'), 'wrong password'),
      ];
      expect(answers.map(({ status, body }) => [status, body['code'], body['detail']])).toEqual(
        answers.map(() => [403, 'sso_required', admin.body['detail']]),
      );
      expect((await stage.browser().signIn(await member('owner'))).body).toEqual({ status: 'signed_in' });
    });

    it('is no matter of people of that domain who belong elsewhere', async () => {
      const elsewhere = (await stage.api.newTenant()).id;
      const email = await stage.person({ [elsewhere]: 'viewer' }, { email: `guest@${strict.domain}` });
      expect((await stage.browser().signIn(email)).body).toEqual({ status: 'signed_in' });
    });

    it('is not walked around by an invitation', async () => {
      const invited = await stage.api.send(strict.key, 'POST', '/v1/members', {
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ email: `new@${strict.domain}`, role: 'viewer' }),
      });
      const token = invited.json<{ invitation_url: string }>().invitation_url.split('/').pop();
      const accepted = await stage.browser().send('POST', `/auth/invitations/${token}`, { password: PASSWORD });
      expect(accepted.body['code']).toBe('sso_required');
    });

    it('is what the sign-in page is told, by domain', async () => {
      const options = async (email: string) =>
        (await stage.browser().send('GET', `/auth/sign-in/options?email=${encodeURIComponent(email)}`)).body;
      expect(await options(`nobody@${strict.domain}`)).toEqual({ password: false, sso: { tenant_slug: strict.slug } });
      expect(await options(`nobody@${company.domain}`)).toEqual({ password: true, sso: { tenant_slug: company.slug } });
      expect(await options('nobody@example.com')).toEqual({ password: true, sso: null });
    });
  });

  describe('is set up', () => {
    it('with a secret that is shown to nobody and kept sealed', async () => {
      const shown = await stage.api.send(company.key, 'GET', '/v1/sso');
      expect(shown.json()).toMatchObject({
        configured: true,
        issuer: stage.provider.issuer,
        email_domains: [company.domain],
        domains: [{ domain: company.domain, verified: true, verified_by: 'operator' }],
        redirect_uri: `http://hub.test/auth/sso/${company.slug}/callback`,
      });
      const kept = await stage.database.asSuperuser(
        async (client) => (await client.query('select s::text from sso_settings s')).rows,
      );
      const log = await stage.api.send(company.key, 'GET', '/v1/audit-log?limit=200');
      expect(log.body).toContain('sso.updated');
      for (const text of [shown.body, log.body, JSON.stringify(kept)])
        expect(text).not.toContain(stage.provider.client.secret);
    });

    it('once for a domain, and for nobody before it is proved', async () => {
      const rival = await stage.api.newTenant();
      expect((await stage.save(rival.key, { email_domains: [company.domain] })).statusCode).toBe(200);
      expect((await stage.confirm(rival.id, company.domain)).json()).toMatchObject({ code: 'domain_taken' });
      expect((await stage.confirm(rival.id, 'never-named.example')).statusCode).toBe(404);
      const [row] = await stage.database.asSuperuser(
        async (client) =>
          (await client.query<{ slug: string }>('select slug from tenants where id = $1', [rival.id])).rows,
      );
      expect(failure(await stage.browser().send('GET', `/auth/sso/${row?.slug}`))).toBe('sso_not_set_up');
    });

    it('at a provider that is there, with its own secret', async () => {
      const { key } = await stage.api.newTenant();
      const wrong = await stage.save(key, { issuer: 'http://127.0.0.1:1', email_domains: ['a.example'] });
      expect(wrong.json()).toMatchObject({ code: 'issuer_unusable', errors: [{ pointer: '/issuer' }] });
      const bare = await stage.save(key, { client_secret: undefined, email_domains: ['a.example'] });
      expect(bare.json()).toMatchObject({ code: 'secret_required' });
      expect((await stage.save(key, { email_domains: ['a.example'] })).statusCode).toBe(200);
      expect((await stage.save(key, { client_secret: undefined, email_domains: ['b.example'] })).statusCode).toBe(200);
      // To another client of the same provider the kept secret does not go.
      const moved = await stage.save(key, {
        client_secret: undefined,
        client_id: 'other',
        email_domains: ['b.example'],
      });
      expect(moved.json()).toMatchObject({ code: 'secret_required' });
    });

    it('and ends', async () => {
      const of = await stage.newCompany();
      expect((await stage.api.send(of.key, 'DELETE', '/v1/sso')).statusCode).toBe(204);
      expect((await stage.api.send(of.key, 'GET', '/v1/sso')).json()).toMatchObject({ configured: false, domains: [] });
      expect(failure(await stage.browser().send('GET', `/auth/sso/${of.slug}`))).toBe('sso_not_set_up');
      expect(await stage.actions(of.id)).toEqual(expect.arrayContaining(['sso.updated', 'sso.removed']));
    });
  });
});
