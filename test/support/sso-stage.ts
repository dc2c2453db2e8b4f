import { randomBytes } from 'node:crypto';
import { toPublicId } from '@hub/platform';
import { startIdentityProvider, type TestProvider } from './identity-provider';
import { stagePeople, type Answer, type PeopleStage, type StageBrowser } from './people-stage';

type InjectedAnswer = Awaited<ReturnType<PeopleStage['api']['send']>>;

export interface SsoCompany {
  readonly id: string;
  readonly slug: string;
  readonly domain: string;
  readonly key: string;
}

/** The API, and an identity provider by which companies' people come in. */
export interface SsoStage extends PeopleStage {
  readonly provider: TestProvider;
  readonly operatorKey: string;
  /** What a company says of its provider. */
  save(key: string, fields?: Record<string, unknown>): Promise<InjectedAnswer>;
  confirm(tenantId: string, domain: string): Promise<InjectedAnswer>;
  /** With the provider set up, and its domain confirmed. */
  newCompany(fields?: Record<string, unknown>): Promise<SsoCompany>;
  /** To the provider, and back with what it says. */
  go(browser: StageBrowser, of: SsoCompany): Promise<{ readonly back: URL; readonly came: () => Promise<Answer> }>;
}

export async function stageSso(settings: Readonly<Record<string, string>> = {}): Promise<SsoStage> {
  const provider = await startIdentityProvider();
  const people = await stagePeople({ HUB_EGRESS_ALLOW: '127.0.0.0/8', ...settings }).catch(async (error) => {
    await provider.close();
    throw error;
  });
  const { api, database } = people;
  const operatorKey = await api.newOperatorKey();
  const save: SsoStage['save'] = (key, fields = {}) =>
    api.send(key, 'PUT', '/v1/sso', {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({
        issuer: provider.issuer,
        client_id: provider.client.id,
        client_secret: provider.client.secret,
        default_role: 'viewer',
        required: false,
        ...fields,
      }),
    });
  const confirm: SsoStage['confirm'] = (tenantId, domain) =>
    api.send(operatorKey, 'PUT', `/admin/v1/tenants/${toPublicId('tenant', tenantId)}/sso-domains/${domain}`);
  return {
    ...people,
    provider,
    operatorKey,
    save,
    confirm,
    async newCompany(fields = {}) {
      const { id, key } = await api.newTenant();
      const [row] = await database.asSuperuser(
        async (client) => (await client.query<{ slug: string }>('select slug from tenants where id = $1', [id])).rows,
      );
      const domain = `${randomBytes(5).toString('hex')}.example`;
      expect((await save(key, { email_domains: [domain], ...fields })).statusCode).toBe(200);
      expect((await confirm(id, domain)).statusCode).toBe(204);
      return { id, key, domain, slug: row?.slug ?? '' };
    },
    async go(browser, of) {
      const sent = await browser.send('GET', `/auth/sso/${of.slug}`);
      expect(sent.status).toBe(302);
      const back = await provider.agree(sent.location ?? '');
      return { back, came: () => browser.send('GET', pathOf(back)) };
    },
    async close() {
      await people.close();
      await provider.close();
    },
  };
}

export function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`;
}
