import { Secret, TOTP } from 'otpauth';
import { type TestProvider } from '../identity-provider';
import { StagedBrowser } from '../staged-browser';
import { unique, type StagedHub, type StagedTenant } from '../staged-hub';
import { type Canaries } from './canaries';

interface Stage {
  readonly hub: StagedHub;
  readonly tenant: StagedTenant;
  readonly canaries: Canaries;
  readonly provider: TestProvider;
}

/** What people sign in with: password, code, recovery code, invitation, session, and a company's own sign-in page. */
export function describePeopleSecrets(stage: () => Stage): void {
  it('when people sign in, are wrong, and are invited', async () => {
    const { hub, tenant, canaries } = stage();
    const email = `${unique('p')}@example.com`;
    const password = canaries.make('person');
    await hub.operator.demand('POST', '/admin/v1/users', {
      email,
      name: 'Somebody',
      password,
      memberships: [{ tenant_id: tenant.publicId, role: 'owner' }],
    });
    const someone = new StagedBrowser(tenant.client.apiUrl);
    await someone.signIn(email, password);
    const begun = await someone.send('POST', '/auth/totp', { password });
    const totp = new TOTP({ secret: Secret.fromBase32(canaries.know(String(begun.body['secret']))) });
    canaries.know(Buffer.from(totp.secret.bytes).toString('hex'));
    const confirmed = await someone.send('POST', '/auth/totp/confirm', { code: totp.generate() });
    const recovery = confirmed.body['recovery_codes'] as string[];
    recovery.forEach((code) => canaries.know(code));
    const again = new StagedBrowser(tenant.client.apiUrl);
    const refused = await again.signIn(email, canaries.make('wrong-password'));
    const { body } = await again.signIn(email, password);
    const challenge = canaries.know(String(body['challenge']));
    const wrong = await again.send('POST', '/auth/sign-in/totp', { challenge, code: '000000' });
    const entered = await again.send('POST', '/auth/sign-in/totp', { challenge, code: recovery[0] });
    expect([refused.status, wrong.status, entered.body]).toEqual([401, 401, { status: 'signed_in' }]);
    const invited = await someone.send('POST', '/v1/members', {
      email: `${unique('new')}@example.com`,
      role: 'viewer',
    });
    canaries.know(String(invited.body['invitation_url']).split('/').pop() ?? '');
    const sessions = await someone.send('GET', '/auth/sessions');
    for (const secret of [...someone.kept, ...again.kept, someone.csrf ?? '']) canaries.know(secret);
    for (const answer of [refused, wrong, entered, sessions]) canaries.said.push(JSON.stringify(answer.body));
  });

  it('when they come through their company’s own sign-in page', async () => {
    const { hub, tenant, canaries, provider } = stage();
    const domain = `${unique('d')}.example`;
    canaries.know(provider.client.secret);
    const { slug } = await hub.operator.demand<{ slug: string }>('GET', `/admin/v1/tenants/${tenant.publicId}`);
    const settings = {
      issuer: provider.issuer,
      client_id: provider.client.id,
      client_secret: provider.client.secret,
      email_domains: [domain],
      default_role: 'viewer',
      required: false,
    };
    canaries.said.push((await tenant.client.send('PUT', '/v1/sso', { body: settings })).text);
    await hub.operator.demand('PUT', `/admin/v1/tenants/${tenant.publicId}/sso-domains/${domain}`);
    const come = async (): Promise<string | null> => {
      const browser = new StagedBrowser(tenant.client.apiUrl);
      const sent = await browser.send('GET', `/auth/sso/${slug}`);
      const { pathname, search, searchParams } = await provider.agree(sent.location ?? '');
      for (const name of ['code', 'state']) canaries.know(searchParams.get(name) ?? '');
      const answer = await browser.send('GET', pathname + search);
      for (const secret of browser.kept) canaries.know(secret);
      return answer.location;
    };
    provider.person = { sub: 'ada', email: `ada@${domain}`, email_verified: true, name: 'Ada' };
    expect(await come()).toBe('/overview');
    provider.misdeeds = { foreignKey: true };
    expect(await come()).toBe('/sign-in?error=sso_not_trusted');
    const wrong = { ...settings, client_secret: canaries.make('oidc') };
    canaries.said.push((await tenant.client.send('PUT', '/v1/sso', { body: wrong })).text);
    expect(await come()).toMatch(/error=sso_/);
    const nonsense = { ...settings, client_secret: [canaries.make('no-text')] };
    const refused = await tenant.client.send('PUT', '/v1/sso', { body: nonsense });
    expect(refused.status).toBe(400);
    canaries.said.push(refused.text);
  });
}
