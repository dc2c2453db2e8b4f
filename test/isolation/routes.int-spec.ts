import { toPublicId } from '@hub/platform';
import { issueKey, SCOPES } from '@hub/tenancy';
import { type ApiRoute } from './api-routes';
import { OPERATOR_SAMPLES, SAMPLES, type Sample } from './route-samples';
import { codeOf, nameOf, RouteStage, samplesOf, urlOf } from './route-stage';

/** Served to anybody, and without a guard: documents that are the same for everybody. */
const DOCUMENTS = [
  '/',
  '/docs',
  '/docs/start.js',
  '/docs/swagger-ui-bundle.js',
  '/docs/swagger-ui.css',
  '/openapi.json',
];
/** The public routes of the API itself. Whoever adds one says so here. */
const PUBLIC = [
  '/auth/invitations/:token',
  '/auth/invitations/:token',
  '/auth/password-reset',
  '/auth/password-reset/:token',
  '/auth/session',
  '/auth/sign-in',
  '/auth/sign-in/options',
  '/auth/sign-in/totp',
  '/auth/sso/:tenant_slug',
  '/auth/sso/:tenant_slug/callback',
  '/health/live',
  '/health/ready',
  '/hooks/:connector/:token',
  '/oauth/callback/:connector',
  '/oauth/start/:state',
  '/oauth/start/:state',
];

describe('every route of the API', () => {
  let stage: RouteStage;
  beforeAll(async () => {
    stage = await RouteStage.open();
    await stage.set();
  }, 60_000);
  afterAll(() => stage?.close());

  it('says who may use it', () => {
    const silent = stage.routes.filter(({ access, path }) => access === null && !DOCUMENTS.includes(path));
    expect(silent.map(nameOf)).toEqual([]);
    const open = stage.routes.filter(({ access }) => access?.kind === 'public').map(({ path }) => path);
    expect(open.sort()).toEqual(PUBLIC);
    // Below these roots nothing is open, and a tenant's route is never an operator's.
    for (const { path, access } of stage.routes) {
      if (path.startsWith('/v1/')) expect(`${path} ${access?.kind}`).toBe(`${path} tenant`);
      if (path.startsWith('/admin/')) expect(`${path} ${access?.kind}`).toBe(`${path} operator`);
      if (access?.kind === 'session') expect(path).toMatch(/^\/auth\//);
    }
  });

  it('is known to this suite, and the suite knows no others', () => {
    expect(stage.tenantRoutes.map(nameOf).sort()).toEqual(Object.keys(SAMPLES).sort());
    expect(stage.operatorRoutes.map(nameOf).sort()).toEqual(Object.keys(OPERATOR_SAMPLES).sort());
  });

  it('names in its samples every id that it takes in its path', () => {
    for (const route of stage.tenantRoutes) {
      for (const sample of samplesOf(route, stage.belongings)) {
        const wanted = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
        expect([nameOf(route), Object.keys(sample.path ?? {})]).toEqual([nameOf(route), wanted]);
      }
    }
  });

  it('answers the owner something else than 404, so that the samples prove something', async () => {
    const reading = stage.tenantRoutes.filter(({ method }) => method === 'GET');
    for (const route of reading) {
      for (const sample of samplesOf(route, stage.belongings)) {
        // Looking at the vendor's objects would call the vendor.
        if (route.path.includes('/objects')) continue;
        // That a secret was shown, or the log taken out, is recorded, and the victim's rows are compared below.
        if (route.path.endsWith('/secret') || route.path.endsWith('/download')) continue;
        const answer = await stage.ask(stage.victim.key, route.method, urlOf(route, sample));
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 200]);
      }
    }
  });

  it('refuses whoever has no key, a malformed one, a revoked one, or an operator’s', async () => {
    const strangers: [string | null, string][] = [
      [null, 'missing_api_key'],
      ['hub_test_nonsense', 'malformed_api_key'],
      [issueKey('test').key, 'unknown_api_key'],
      [stage.victim.revoked, 'revoked_api_key'],
      [stage.operatorKey, 'wrong_kind_of_key'],
    ];
    for (const route of stage.tenantRoutes) {
      for (const sample of samplesOf(route, stage.belongings).slice(0, 1)) {
        for (const [key, code] of strangers) {
          const answer = await stage.ask(key, route.method, urlOf(route, sample), sample.body);
          expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 401, code]);
        }
      }
    }
  }, 60_000);

  it('refuses a key that has every scope but its own', async () => {
    for (const route of stage.tenantRoutes) {
      const { access } = route;
      if (access?.kind !== 'tenant' || access.scope === null) continue;
      const wanted = access.scope;
      const key = await stage.newKey(
        stage.attacker.id,
        SCOPES.filter((scope) => scope !== wanted),
      );
      const [sample = {}] = samplesOf(route, stage.belongings);
      const answer = await stage.ask(key, route.method, urlOf(route, sample), sample.body);
      expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 403, 'missing_scope']);
    }
  }, 60_000);

  it('refuses a member of the query that it does not know', async () => {
    const refused = async (key: string, route: ApiRoute, sample: Sample): Promise<void> => {
      const asked = { ...sample, query: { ...sample.query, only_trying: 'true' } };
      const answer = await stage.ask(key, route.method, urlOf(route, asked), sample.body);
      expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 400, 'invalid_request']);
      expect([nameOf(route), answer.text]).toEqual([nameOf(route), expect.stringContaining('"#query/only_trying"')]);
    };
    for (const route of stage.tenantRoutes)
      await refused(stage.victim.key, route, samplesOf(route, stage.belongings)[0] ?? {});
    const path = {
      id: toPublicId('tenant', stage.victim.id),
      domain: 'example.com',
      export_id: 'any',
      record_id: 'any',
    };
    for (const route of stage.operatorRoutes)
      await refused(stage.operatorKey, route, { ...OPERATOR_SAMPLES[nameOf(route)], path });
  }, 60_000);

  it('says of a method that it has not which it has', async () => {
    // Nothing is served by OPTIONS: pages of other origins have no business here.
    for (const route of stage.routes.filter(({ access }) => access !== null)) {
      const path = Object.fromEntries([...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, 'any']));
      const key = route.access?.kind === 'operator' ? stage.operatorKey : stage.victim.key;
      const answer = await stage.ask(key, 'OPTIONS', urlOf(route, { path }));
      expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 405, 'method_not_allowed']);
      expect(String(answer.headers['allow']).split(', ')).toContain(route.method);
    }
  }, 60_000);

  it('of operators refuses tenants, strangers and revoked operators, and takes operators', async () => {
    const revoked = await stage.newOperatorKey(true);
    const made = JSON.parse((await stage.ask(stage.operatorKey, 'POST', '/admin/v1/audit-exports', {})).text) as {
      id: string;
    };
    const log = await stage.ask(stage.operatorKey, 'GET', '/admin/v1/audit-log');
    const [newest] = (JSON.parse(log.text) as { data: { id: string }[] }).data;
    const operatorsOwn = { export_id: made.id, record_id: newest?.id ?? '', domain: 'victim.example' };
    for (const route of stage.operatorRoutes) {
      const ofTenant = route.path.startsWith('/admin/v1/tenants/') ? { export_id: stage.exportForOperators } : {};
      const path = { id: toPublicId('tenant', stage.victim.id), ...operatorsOwn, ...ofTenant };
      const sample = { path, ...OPERATOR_SAMPLES[nameOf(route)] };
      for (const key of [null, 'hub_op_nonsense', stage.victim.key, stage.attacker.key, issueKey('op').key, revoked]) {
        const answer = await stage.ask(key, route.method, urlOf(route, sample), sample.body);
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 401]);
      }
      if (route.method !== 'GET' || route.path.endsWith('/download')) continue;
      expect([nameOf(route), (await stage.ask(stage.operatorKey, route.method, urlOf(route, sample))).status]).toEqual([
        nameOf(route),
        200,
      ]);
    }
    await stage.expectVictimUntouched();
  });
});
