import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { listNotices, makeNotices } from '@hub/delivery';
import { newUuid, parsePublicId, parseSettings, toPublicId, type IdKind } from '@hub/platform';
import { issueKey, SCOPES, TenantDb } from '@hub/tenancy';
import { createTestDatabase, readServices, waitUntil, type TestDatabase } from '@hub/testing';
import { findEndpoint } from '@hub/webhooks';
import { createApp } from '../../apps/api/src/create-app';
import { apiSettings } from '../../apps/api/src/settings';
import { injectAny, type AnyAnswer } from '../support/inject-any';
import { routesOf, type ApiRoute } from './api-routes';
import { NOT_RECORDED, RECORDED_ELSEWHERE, SUCCEEDING, type Owner } from './audit-samples';
import { IN_PAYLOADS, plantPayloads } from './plant-payloads';
import { signIn, type Signed } from './sessions';
import { OPERATOR_SAMPLES, SAMPLES, type Belongings, type Sample } from './route-samples';

const ROOT = path.resolve(__dirname, '../..');

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
];

interface Tenant {
  readonly id: string;
  readonly key: string;
  readonly revoked: string;
}

/** Where payloads are shown to whoever may read them. */
const SHOWING = [
  'GET /v1/deliveries/:delivery_id',
  'GET /v1/events/:tracking_id',
  'GET /v1/mappings/:id/backtests/:backtest_id/items',
  'GET /v1/mappings/:id/golden-cases',
  'GET /v1/mappings/:id/golden-cases/:case_id',
  'GET /v1/replays/:id/items',
  'GET /v1/webhook-endpoints/:id/deliveries',
  'GET /v1/webhook-endpoints/:id/deliveries/:delivery_id',
];

const text = (): string => `x-${randomBytes(5).toString('hex')}`;

describe('every route of the API', () => {
  let database: TestDatabase;
  let app: NestFastifyApplication;
  let routes: ApiRoute[];
  let victim: Tenant;
  let attacker: Tenant;
  let operatorKey: string;
  let belongings: Belongings;
  let attackersOwn: Belongings;
  let victimRows: string;
  /** Of the victim's chain. */
  let exportForOperators: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = parseSettings(apiSettings, {
      HUB_HOST: '127.0.0.1',
      HUB_DB_APP_URL: database.urls.app,
      HUB_DB_ACCEPT_URL: database.urls.accept,
      HUB_DB_OPERATOR_URL: database.urls.operator,
      HUB_MASTER_KEYS: `test:${randomBytes(32).toString('base64')}`,
      HUB_LOG_LEVEL: 'fatal',
      REDIS_URL: `${readServices().redisUrl.replace(/\/\d+$/, '')}/11`,
    });
    if (!settings.ok) throw new Error(settings.error.join('\n'));
    app = await createApp(settings.value);
    await app.getHttpAdapter().getInstance().ready();
    routes = routesOf(app);
    [victim, attacker] = [await newTenant(database), await newTenant(database)];
    operatorKey = await newOperatorKey(database);
    belongings = await furnish(victim);
    attackersOwn = await furnish(attacker);
    const ofVictim = `/admin/v1/tenants/${toPublicId('tenant', victim.id)}/audit-exports`;
    const asked = await ask(operatorKey, 'POST', ofVictim, { reason: 'any' });
    exportForOperators = (JSON.parse(asked.text) as { id: string }).id;
    victimRows = await rowsOf(victim);
  }, 60_000);
  afterAll(async () => {
    await app?.close();
    await database?.close();
  });

  const ask = (key: string | null, method: string, url: string, body?: unknown): Promise<AnyAnswer> =>
    injectAny(app, {
      method: method as 'GET',
      url,
      // The bucket of failed requests is by address: each asks from one of his own.
      remoteAddress: `10.${randomBytes(1)[0]}.${randomBytes(1)[0]}.${randomBytes(1)[0]}`,
      headers: {
        'x-request-id': 'fixed',
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });

  /** Something of each kind, one of everything that has an id. */
  async function furnish({ id, key }: Tenant): Promise<Belongings> {
    const make = async (path: string, body: unknown): Promise<Record<string, string>> => {
      const answer = await ask(key, 'POST', path, body);
      if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
      return JSON.parse(answer.text) as Record<string, string>;
    };
    const connection = await make('/v1/connections', {
      name: text(),
      connector: 'http',
      config: { url: 'https://example.com/' },
    });
    const otherConnection = await make('/v1/connections', {
      name: text(),
      connector: 'http',
      config: { url: 'https://example.com/' },
    });
    const mapping = await make('/v1/mappings', { name: text(), expression: '{ "victims": "mapping" }' });
    const route = await make('/v1/routes', {
      name: text(),
      event_type: 'order.*',
      connection_id: connection['id'],
      operation: 'request.send',
      mapping_id: mapping['id'],
    });
    const ofMapping = `/v1/mappings/${mapping['id']}`;
    const goldenCase = await make(`${ofMapping}/golden-cases`, {
      name: text(),
      input: {},
      output: { victims: 'case' },
    });
    const backtest = await make(`${ofMapping}/backtest`, { version: 1 });
    const apiKey = await make('/v1/api-keys', { name: text(), environment: 'test', scopes: ['events:read'] });
    const event = await make('/v1/events', {
      event_id: 'victims-event',
      type: 'order.created',
      data: { text: 'victims-payload' },
    });
    const read = await ask(key, 'GET', `/v1/events/${event['tracking_id']}`);
    const replay = await make('/v1/replays', { event_ids: [event['tracking_id']], reason: 'victims-reason' });
    const restore = await make('/v1/archive/restores', { event_ids: [event['tracking_id']], reason: 'victims-reason' });
    const link = await make('/v1/links', {
      type: 'customer',
      ends: [
        { connection_id: connection['id'], record_id: 'victims-record' },
        { source: 'victims-source', record_id: 'victims-record' },
      ],
    });
    const alertChannel = await make('/v1/alert-channels', {
      name: text(),
      kind: 'slack',
      url: 'https://example.com/victims',
    });
    const [linkEnd] = link['ends'] as unknown as readonly { id: string }[];
    const endpoint = await make('/v1/webhook-endpoints', { url: 'http://127.0.0.1/victims', event_types: ['*'] });
    const [sync, syncRun] = await plantSync(id, connection['id'] ?? '');
    const { deliveries } = JSON.parse(read.text) as { deliveries: { id: string }[] };
    const auditExport = await make('/v1/audit-exports', {});
    const log = await ask(key, 'GET', '/v1/audit-log');
    const [newest] = (JSON.parse(log.text) as { data: { id: string }[] }).data;
    return {
      event: event['tracking_id'] ?? '',
      delivery: deliveries[0]?.id ?? '',
      connection: connection['id'] ?? '',
      mapping: mapping['id'] ?? '',
      goldenCase: goldenCase['id'] ?? '',
      backtest: backtest['id'] ?? '',
      route: route['id'] ?? '',
      apiKey: apiKey['id'] ?? '',
      sync: toPublicId('sync', sync),
      syncRun: toPublicId('syncRun', syncRun),
      otherConnection: otherConnection['id'] ?? '',
      link: link['id'] ?? '',
      linkEnd: linkEnd?.id ?? '',
      alert: await plantAlert(id, connection['id'] ?? ''),
      alertChannel: alertChannel['id'] ?? '',
      replay: replay['id'] ?? '',
      restore: restore['id'] ?? '',
      webhookEndpoint: endpoint['id'] ?? '',
      notice: await plantNotice(id, endpoint['id'] ?? ''),
      ...(await plantMember(id)),
      auditExport: auditExport['id'] ?? '',
      auditRecord: newest?.id ?? '',
    };
  }

  /** By hand: the connection's connector pulls nothing and is called by nobody. */
  async function plantSync(tenantId: string, connectionId: string): Promise<[sync: string, run: string]> {
    const [sync, run, connection] = [newUuid(), newUuid(), parsePublicId(connectionId)?.uuid];
    await database.asSuperuser(async (client) => {
      await client.query(
        `insert into syncs (tenant_id, id, name, connection_id, object, interval_seconds) values ($1, $2, 'victims-sync', $3, 'Account', 60)`,
        [tenantId, sync, connection],
      );
      await client.query(
        `insert into sync_runs (tenant_id, id, sync_id, connection_id, kind, status) values ($1, $2, $3, $4, 'scheduled', 'succeeded')`,
        [tenantId, run, sync, connection],
      );
      await client.query(`insert into connection_hooks (tenant_id, connection_id, token_hash) values ($1, $2, $3)`, [
        tenantId,
        connection,
        randomBytes(32),
      ]);
    });
    return [sync, run];
  }

  /** One that waits: no worker is there to send it. */
  async function plantNotice(tenantId: string, endpointId: string): Promise<string> {
    return new TenantDb(database.app, { internal: true }).run(tenantId, async (tx) => {
      const endpoint = await findEndpoint(tx, parsePublicId(endpointId)?.uuid ?? '');
      if (endpoint === null) throw new Error(`${endpointId} is not there`);
      const { connection_id: connectionId, route_id: routeId } = endpoint;
      const id = newUuid();
      const payload = '{"text":"victims-payload"}';
      const notice = {
        id,
        publicId: toPublicId('hubEvent', id),
        type: 'delivery.dead',
        occurredAt: new Date(),
        payload,
      };
      await makeNotices(tx, [{ ...notice, targets: [{ connectionId, routeId }] }]);
      const [made] = await listNotices(tx, connectionId, {}, { limit: 1, before: null });
      return toPublicId('delivery', made?.id ?? '');
    });
  }

  /** By hand: no worker is there to look. */
  async function plantAlert(tenantId: string, connectionId: string): Promise<string> {
    const id = newUuid();
    await database.asSuperuser((client) =>
      client.query(
        `insert into alerts (tenant_id, id, rule, subject, connection_id, phase, severity, title, details, since)
         values ($1, $2, 'dead_letters', 'any', $3, 'open', 'critical', 'victims-alert', '{"causes":[],"value":null}', now())`,
        [tenantId, id, parsePublicId(connectionId)?.uuid],
      ),
    );
    return toPublicId('alert', id);
  }

  /** Everything that the database holds of a tenant. */
  async function rowsOf(tenant: Tenant): Promise<string> {
    return database.asSuperuser(async (client) => {
      const { rows: tables } = await client.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relkind in ('r', 'p') and not c.relispartition order by 1`,
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const { rows } = await client.query<{ text: string }>(
          `select (to_jsonb(t) - 'last_used_at')::text as text from ${name} t where tenant_id = $1 order by 1`,
          [tenant.id],
        );
        texts.push(name, ...rows.map(({ text: row }) => row));
      }
      return texts.join('\n');
    });
  }

  async function plantMember(tenantId: string): Promise<{ member: string; savedFilter: string }> {
    const [user, member, filter] = [newUuid(), newUuid(), newUuid()];
    await database.asSuperuser(async (client) => {
      await client.query(`insert into users (id, email, name) values ($1, $2, 'victim')`, [
        user,
        `${randomBytes(5).toString('hex')}@example.com`,
      ]);
      await client.query(`insert into memberships (tenant_id, id, user_id, role) values ($1, $2, $3, 'viewer')`, [
        tenantId,
        member,
        user,
      ]);
      await client.query(
        `insert into saved_filters (tenant_id, id, user_id, view, name, query) values ($1, $2, $3, 'events', 'victims', '{}')`,
        [tenantId, filter, user],
      );
    });
    return { member: toPublicId('member', member), savedFilter: toPublicId('savedFilter', filter) };
  }

  /** The same thing that never was: each id replaced by a random one of its kind. */
  function neverWas(): Belongings {
    const random = (kind: IdKind): string => toPublicId(kind, newUuid());
    return {
      event: random('event'),
      delivery: random('delivery'),
      connection: random('connection'),
      mapping: random('mapping'),
      goldenCase: random('goldenCase'),
      backtest: random('backtest'),
      route: random('route'),
      apiKey: random('apiKey'),
      sync: random('sync'),
      syncRun: random('syncRun'),
      otherConnection: random('connection'),
      link: random('link'),
      linkEnd: random('linkEnd'),
      alert: random('alert'),
      alertChannel: random('alertChannel'),
      replay: random('replay'),
      restore: random('restore'),
      webhookEndpoint: random('webhookEndpoint'),
      notice: random('delivery'),
      member: random('member'),
      savedFilter: random('savedFilter'),
      auditRecord: random('auditRecord'),
      auditExport: random('auditExport'),
    };
  }

  const nameOf = ({ method, path }: ApiRoute): string => `${method} ${path}`;
  const tenantRoutes = (): ApiRoute[] => routes.filter(({ access }) => access?.kind === 'tenant');
  const operatorRoutes = (): ApiRoute[] => routes.filter(({ access }) => access?.kind === 'operator');
  const urlOf = ({ path }: ApiRoute, sample: Sample): string => {
    const filled = path.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(sample.path?.[name] ?? ''));
    const query = new URLSearchParams(sample.query).toString();
    return query === '' ? filled : `${filled}?${query}`;
  };
  const samplesOf = (route: ApiRoute, of: Belongings, own = of): readonly Sample[] => {
    const samples = SAMPLES[nameOf(route)];
    if (samples === undefined)
      throw new Error(`add to SAMPLES how ${nameOf(route)} is asked for something of another tenant`);
    return samples(of, own);
  };

  it('says who may use it', () => {
    const silent = routes.filter(({ access, path }) => access === null && !DOCUMENTS.includes(path));
    expect(silent.map(nameOf)).toEqual([]);
    const open = routes.filter(({ access }) => access?.kind === 'public').map(({ path }) => path);
    expect(open.sort()).toEqual(PUBLIC);
    // Below these roots nothing is open, and a tenant's route is never an operator's.
    for (const { path, access } of routes) {
      if (path.startsWith('/v1/')) expect(`${path} ${access?.kind}`).toBe(`${path} tenant`);
      if (path.startsWith('/admin/')) expect(`${path} ${access?.kind}`).toBe(`${path} operator`);
      if (access?.kind === 'session') expect(path).toMatch(/^\/auth\//);
    }
  });

  it('is known to this suite, and the suite knows no others', () => {
    expect(tenantRoutes().map(nameOf).sort()).toEqual(Object.keys(SAMPLES).sort());
    expect(operatorRoutes().map(nameOf).sort()).toEqual(Object.keys(OPERATOR_SAMPLES).sort());
  });

  it('names in its samples every id that it takes in its path', () => {
    for (const route of tenantRoutes()) {
      for (const sample of samplesOf(route, belongings)) {
        const wanted = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]);
        expect([nameOf(route), Object.keys(sample.path ?? {})]).toEqual([nameOf(route), wanted]);
      }
    }
  });

  it('answers the owner something else than 404, so that the samples prove something', async () => {
    const reading = tenantRoutes().filter(({ method }) => method === 'GET');
    for (const route of reading) {
      for (const sample of samplesOf(route, belongings)) {
        // Looking at the vendor's objects would call the vendor.
        if (route.path.includes('/objects')) continue;
        // That a secret was shown, or the log taken out, is recorded, and the victim's rows are compared below.
        if (route.path.endsWith('/secret') || route.path.endsWith('/download')) continue;
        const answer = await ask(victim.key, route.method, urlOf(route, sample));
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 200]);
      }
    }
  });

  it('refuses whoever has no key, a malformed one, a revoked one, or an operator’s', async () => {
    const strangers: [string | null, string][] = [
      [null, 'missing_api_key'],
      ['hub_test_nonsense', 'malformed_api_key'],
      [issueKey('test').key, 'unknown_api_key'],
      [victim.revoked, 'revoked_api_key'],
      [operatorKey, 'wrong_kind_of_key'],
    ];
    for (const route of tenantRoutes()) {
      for (const sample of samplesOf(route, belongings).slice(0, 1)) {
        for (const [key, code] of strangers) {
          const answer = await ask(key, route.method, urlOf(route, sample), sample.body);
          expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 401, code]);
        }
      }
    }
  }, 60_000);

  it('refuses a key that has every scope but its own', async () => {
    for (const route of tenantRoutes()) {
      const { access } = route;
      if (access?.kind !== 'tenant' || access.scope === null) continue;
      const wanted = access.scope;
      const key = await newKey(
        database,
        attacker.id,
        SCOPES.filter((scope) => scope !== wanted),
      );
      const [sample = {}] = samplesOf(route, belongings);
      const answer = await ask(key, route.method, urlOf(route, sample), sample.body);
      expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 403, 'missing_scope']);
    }
  }, 60_000);

  it('refuses a member of the query that it does not know', async () => {
    const refused = async (key: string, route: ApiRoute, sample: Sample): Promise<void> => {
      const asked = { ...sample, query: { ...sample.query, only_trying: 'true' } };
      const answer = await ask(key, route.method, urlOf(route, asked), sample.body);
      expect([nameOf(route), answer.status, codeOf(answer.text)]).toEqual([nameOf(route), 400, 'invalid_request']);
      expect([nameOf(route), answer.text]).toEqual([nameOf(route), expect.stringContaining('"#query/only_trying"')]);
    };
    for (const route of tenantRoutes()) await refused(victim.key, route, samplesOf(route, belongings)[0] ?? {});
    const path = { id: toPublicId('tenant', victim.id), domain: 'example.com', export_id: 'any', record_id: 'any' };
    for (const route of operatorRoutes())
      await refused(operatorKey, route, { ...OPERATOR_SAMPLES[nameOf(route)], path });
  }, 60_000);

  it('shows what is in payloads to whoever may read them, and to nobody else', async () => {
    const reader = await newTenant(database);
    const own = await furnish(reader);
    await plantPayloads(database, reader.id, own);
    const without = SCOPES.filter((scope) => scope !== 'payloads:read');
    const blind = await newKey(database, reader.id, without);
    const showing = new Set<string>();
    for (const route of tenantRoutes()) {
      if (route.method !== 'GET' || /\/objects|\/secret$|\/download$/.test(route.path)) continue;
      for (const sample of samplesOf(route, own)) {
        const [full, kept] = [
          await ask(reader.key, route.method, urlOf(route, sample)),
          await ask(blind, route.method, urlOf(route, sample)),
        ];
        if (full.text.includes(IN_PAYLOADS)) showing.add(nameOf(route));
        // What was asked for comes back in the address of a refusal.
        const said = kept.text.replace(/"instance":"[^"]*"/, '');
        expect([nameOf(route), said.includes(IN_PAYLOADS)]).toEqual([nameOf(route), false]);
        const searchesPayloads = sample.query?.['q'] === IN_PAYLOADS;
        expect([nameOf(route), kept.status, searchesPayloads]).toEqual([
          nameOf(route),
          searchesPayloads ? 403 : 200,
          searchesPayloads,
        ]);
      }
    }
    expect([...showing].sort()).toEqual(SHOWING);
  }, 60_000);

  describe('that shows payloads', () => {
    let reader: Tenant;
    let own: Belongings;
    /** Addresses that show payloads, each with what the record of it names. */
    let showing: Record<string, string>;
    beforeAll(async () => {
      reader = await newTenant(database);
      own = await furnish(reader);
      await plantPayloads(database, reader.id, own);
      const named = [own.delivery, own.event, own.backtest, own.mapping, own.goldenCase, own.replay];
      named.push(own.webhookEndpoint, own.notice);
      const urls = SHOWING.map((name) => {
        const route = tenantRoutes().find((one) => nameOf(one) === name);
        if (route === undefined) throw new Error(`${name} is not there`);
        return urlOf(
          route,
          samplesOf(route, own).find(({ query }) => query?.['include'] !== undefined) ?? samplesOf(route, own)[0] ?? {},
        );
      });
      showing = Object.fromEntries(urls.map((url, index) => [url, named[index] ?? '']));
    }, 60_000);

    const readAs = ({ headers }: Signed, url: string): Promise<AnyAnswer> =>
      injectAny(app, { method: 'GET', url, headers });
    const recordsOf = ({ id }: Signed): Promise<{ target: string; record: string }[]> =>
      database.asSuperuser(
        async (client) =>
          (
            await client.query<{ target: string; record: string }>(
              `select target, record::text from audit_records
               where tenant_id = $1 and actor = $2 and action = 'payload.read' order by seq`,
              [reader.id, id],
            )
          ).rows,
      );
    const search = `/v1/events?q=${IN_PAYLOADS}`;

    it.each([
      ['support', { role: 'support' }],
      ['an auditor', { role: 'compliance', payloads: true }],
      ['an operator inside', 'operator'],
    ] as const)(
      'to %s, leaves one record of each read, and of each search one without its text',
      async (_words, who) => {
        const signed = await signIn(database, reader.id, who);
        // Neither shows a payload.
        for (const url of [`/v1/events/${own.event}`, `/v1/events?q=${own.event}`])
          expect([url, (await readAs(signed, url)).status]).toEqual([url, 200]);
        expect(await recordsOf(signed)).toEqual([]);
        for (const _again of [false, true])
          for (const url of Object.keys(showing)) {
            const answer = await readAs(signed, url);
            expect([url, answer.status, answer.text.includes(IN_PAYLOADS)]).toEqual([url, 200, true]);
          }
        expect((await recordsOf(signed)).map(({ target }) => target)).toEqual(Object.values(showing));
        for (const url of [search, `${search}&limit=1`, `/v1/events/stream?q=${IN_PAYLOADS}`, '/v1/events?q=other'])
          expect([url, (await readAs(signed, url)).status]).toEqual([url, 200]);
        const searches = (await recordsOf(signed)).slice(SHOWING.length);
        expect(searches.map(({ target }) => target)).toEqual(['GET /v1/events', 'GET /v1/events']);
        for (const { record } of searches) expect(record).not.toContain(IN_PAYLOADS);
      },
    );

    it.each([
      ['a viewer, to whom they are masked', { role: 'viewer' }, false],
      ['a developer, who sends them', { role: 'developer' }, true],
    ] as const)('leaves no record of %s', async (_words, who, shown) => {
      const signed = await signIn(database, reader.id, who);
      for (const url of Object.keys(showing)) {
        const answer = await readAs(signed, url);
        expect([url, answer.status, answer.text.includes(IN_PAYLOADS)]).toEqual([url, 200, shown]);
      }
      expect((await readAs(signed, search)).status).toBe(shown ? 200 : 403);
      expect(await recordsOf(signed)).toEqual([]);
    });

    it('records what is answered again for an Idempotency-Key, and a refusal that shows golden cases', async () => {
      await database.asSuperuser((client) =>
        client.query(`update deliveries set status = 'dead', settled_at = now() where tenant_id = $1 and id = $2`, [
          reader.id,
          parsePublicId(own.delivery)?.uuid,
        ]),
      );
      const [developer, operator] = [
        await signIn(database, reader.id, { role: 'developer' }),
        await signIn(database, reader.id, 'operator'),
      ];
      const url = `/v1/deliveries/${own.delivery}/cancel`;
      for (const { headers } of [developer, operator]) {
        const answer = await injectAny(app, { method: 'POST', url, headers: { ...headers, 'idempotency-key': 'k' } });
        expect([answer.status, answer.text.includes(IN_PAYLOADS)]).toEqual([200, true]);
      }
      expect(await recordsOf(developer)).toEqual([]);
      expect((await recordsOf(operator)).map(({ target }) => target)).toEqual([own.delivery]);

      await ask(reader.key, 'POST', `/v1/mappings/${own.mapping}/versions`, { expression: '"another"' });
      const refused = await injectAny(app, {
        method: 'POST',
        url: `/v1/mappings/${own.mapping}/publish`,
        headers: { ...operator.headers, 'content-type': 'application/json' },
        payload: JSON.stringify({ version: 2 }),
      });
      expect([refused.status, refused.text.includes(IN_PAYLOADS)]).toEqual([422, true]);
      expect((await recordsOf(operator)).map(({ target }) => target)).toEqual([own.delivery, own.mapping]);
    });

    it('shows none of which there can be no record', async () => {
      const signed = await signIn(database, reader.id, { role: 'support' });
      const may = (words: string): Promise<unknown> =>
        database.asSuperuser((client) => client.query(`${words} hub_app`));
      await may('revoke insert on audit_records from');
      try {
        for (const url of [...Object.keys(showing), search, `/v1/events/stream?q=${IN_PAYLOADS}`]) {
          const { status, text: body, headers } = await readAs(signed, url);
          expect([url, status, codeOf(body), headers['content-type']]).toEqual([
            url,
            503,
            'read_not_recorded',
            'application/problem+json; charset=utf-8',
          ]);
          expect(body).not.toContain(IN_PAYLOADS);
        }
      } finally {
        await may('grant insert on audit_records to');
      }
      for (const url of Object.keys(showing)) expect([url, (await readAs(signed, url)).status]).toEqual([url, 200]);
      expect(await recordsOf(signed)).toHaveLength(SHOWING.length);
    });
  });

  it('answers for what is another tenant’s exactly as for what never was', async () => {
    for (const route of tenantRoutes()) {
      const made = samplesOf(route, neverWas(), attackersOwn);
      for (const [index, sample] of samplesOf(route, belongings, attackersOwn).entries()) {
        const twin = made[index] ?? {};
        const namesSomething = JSON.stringify(sample) !== JSON.stringify(twin);
        if (!namesSomething && route.method !== 'GET') continue;
        const theirs = await ask(attacker.key, route.method, urlOf(route, sample), sample.body);
        const said = theirs.text.replace(/"instance":"[^"]*"/, '');
        const shown = Object.values(belongings).filter((id) => said.includes(id));
        expect([nameOf(route), shown]).toEqual([nameOf(route), []]);
        // Where a cursor stands in the attacker's own list is no secret of the victim.
        if (!namesSomething || sample.query?.['cursor'] !== undefined) continue;
        const nobodys = await ask(attacker.key, route.method, urlOf(route, twin), twin.body);
        expect([nameOf(route), comparable(theirs)]).toEqual([nameOf(route), comparable(nobodys)]);
        const asksForIt = Object.values(belongings).some((id) => Object.values(sample.path ?? {}).includes(id));
        if (asksForIt) expect([nameOf(route), theirs.status]).toEqual([nameOf(route), 404]);
      }
    }
    expect(await rowsOf(victim)).toBe(victimRows);
  }, 60_000);

  describe('that changes something', () => {
    const isUnsafe = ({ method }: ApiRoute): boolean => method !== 'GET';

    /** One who may do everything, with something of each kind. */
    async function newOwner() {
      const tenant = await newTenant(database);
      const own = await furnish(tenant);
      const sql = (text: string) =>
        database.asSuperuser(async (client) => (await client.query<Record<string, unknown>>(text, [tenant.id])).rows);
      const owner: Owner = {
        sql,
        async demand(method, url, body) {
          const answer = await ask(tenant.key, method, url, body);
          if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
          return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
        },
      };
      return {
        tenant,
        own,
        owner,
        /** Records of what a key of his did; those of a refusal are not of a change. */
        recorded: async () =>
          (await sql(`select 1 from audit_records where tenant_id = $1 and outcome = 'succeeded'`)).length,
      };
    }

    /** What is wrong with how a route records its changes; `null` when nothing is. */
    async function faultOf(route: ApiRoute, by: Awaited<ReturnType<typeof newOwner>>): Promise<string | null> {
      const prepare = SUCCEEDING[nameOf(route)];
      const sample = prepare === undefined ? samplesOf(route, by.own)[0] : await prepare(by.own, by.owner);
      const before = await by.recorded();
      const answer = await ask(by.tenant.key, route.method, urlOf(route, sample ?? {}), sample?.body);
      if (answer.status >= 300) return `${nameOf(route)}: the sample is answered ${answer.status} ${answer.text}`;
      return (await by.recorded()) > before ? null : `${nameOf(route)}: leaves no record`;
    }

    it('is recorded in the audit log', async () => {
      const changing = tenantRoutes().filter(
        (route) => isUnsafe(route) && !(nameOf(route) in NOT_RECORDED) && !(nameOf(route) in RECORDED_ELSEWHERE),
      );
      const faults: string[] = [];
      let shared = await newOwner();
      // What is taken away comes last; where one change stands in the way of another, it is tried with things of its own.
      const deletionsLast = [...changing].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
      for (const route of deletionsLast) {
        const fault = await faultOf(route, shared).catch((error: unknown) => String(error));
        if (fault === null) continue;
        shared = await newOwner();
        const own = await faultOf(route, shared);
        if (own !== null) faults.push(own);
      }
      expect(faults).toEqual([]);
    }, 120_000);

    it('is recorded for operators in both chains', async () => {
      const last = () =>
        database.asSuperuser(async (client) => {
          const { rows } = await client.query<{ tenant_id: string; action: string; actor: string }>(
            // Refusals of the tests before are recorded when there is time for it.
            `select tenant_id, action, actor from audit_records where action not like 'access.%' order by id desc limit 2`,
          );
          return rows;
        });
      const nil = '00000000-0000-0000-0000-000000000000';
      const slug = `t-${randomBytes(5).toString('hex')}`;
      const created = await ask(operatorKey, 'POST', '/admin/v1/tenants', { slug, name: slug, tier: 'free' });
      const { id } = JSON.parse(created.text) as { id: string };
      const tenant = parsePublicId(id)?.uuid ?? '';
      expect((await last()).map((row) => [row.tenant_id, row.action])).toEqual([
        [tenant, 'tenant.created'],
        [nil, 'tenant.created'],
      ]);
      const bounds = OPERATOR_SAMPLES['PUT /admin/v1/tenants/:id/retention']?.body;
      for (const [method, below, body, status = 200] of [
        ['PATCH', '', { tier: 'standard' }],
        ['PUT', '/retention', bounds],
        ['PATCH', '', { status: 'suspended' }],
        ['POST', '/erasure', { slug, reason: 'x' }],
        ['POST', '/audit-exports', { reason: 'x' }, 202],
      ] as const) {
        expect((await ask(operatorKey, method, `/admin/v1/tenants/${id}${below}`, body)).status).toBe(status);
        expect((await last()).map((row) => row.tenant_id)).toEqual([tenant, nil]);
      }
    });

    it('and is not, is argued for, or is proved by the spec that can', () => {
      const names = routes.filter(isUnsafe).map(nameOf);
      for (const list of [NOT_RECORDED, RECORDED_ELSEWHERE, SUCCEEDING])
        for (const name of Object.keys(list)) expect(names).toContain(name);
      const open = routes.filter((route) => isUnsafe(route) && route.access?.kind === 'public').map(nameOf);
      expect(open.filter((name) => !(name in NOT_RECORDED) && !(name in RECORDED_ELSEWHERE))).toEqual([]);
      for (const { action, spec } of Object.values(RECORDED_ELSEWHERE))
        expect([spec, fs.readFileSync(path.join(ROOT, spec), 'utf8').includes(`'${action}'`)]).toEqual([spec, true]);
    });

    it('or is refused, is recorded for whoever tried, once a minute', async () => {
      const tenant = await newTenant(database);
      const narrow = await newKey(database, tenant.id, ['events:read']);
      for (let time = 0; time < 3; time++) {
        expect((await ask(narrow, 'POST', '/v1/mappings', {})).status).toBe(403);
        expect((await ask(tenant.key, 'DELETE', `/v1/connections/${belongings.connection}`)).status).toBe(404);
      }
      const recorded = (): Promise<unknown[]> =>
        database.asSuperuser(
          async (client) =>
            (
              await client.query<{ line: string }>(
                `select action || ' ' || target as line from audit_records where tenant_id = $1 order by line`,
                [tenant.id],
              )
            ).rows,
        );
      await waitUntil('the refusals to be recorded', async () => (await recorded()).length >= 2, 10_000);
      expect(await recorded()).toEqual([
        { line: 'access.not_found DELETE /v1/connections/:id' },
        { line: 'access.refused POST /v1/mappings' },
      ]);
    });
  });

  it('does not believe a tenant that is named anywhere but in the key', async () => {
    for (const header of ['x-tenant-id', 'x-tenant', 'tenant-id']) {
      const response = await app.inject({
        method: 'GET',
        url: '/v1/me',
        headers: { authorization: `Bearer ${attacker.key}`, [header]: victim.id },
      });
      expect(response.body).toContain(toPublicId('tenant', attacker.id));
      expect(response.body).not.toContain(toPublicId('tenant', victim.id));
    }
    const planted = await ask(attacker.key, 'POST', '/v1/routes', {
      name: text(),
      event_type: 'order.*',
      connection_id: belongings.connection,
      operation: 'request.send',
      tenant_id: victim.id,
    });
    expect([planted.status, codeOf(planted.text)]).toEqual([400, 'invalid_request']);
  });

  it('of operators refuses tenants, strangers and revoked operators, and takes operators', async () => {
    const revoked = await newOperatorKey(database, true);
    const made = JSON.parse((await ask(operatorKey, 'POST', '/admin/v1/audit-exports', {})).text) as { id: string };
    const log = await ask(operatorKey, 'GET', '/admin/v1/audit-log');
    const [newest] = (JSON.parse(log.text) as { data: { id: string }[] }).data;
    const operatorsOwn = { export_id: made.id, record_id: newest?.id ?? '', domain: 'victim.example' };
    for (const route of operatorRoutes()) {
      const ofTenant = route.path.startsWith('/admin/v1/tenants/') ? { export_id: exportForOperators } : {};
      const path = { id: toPublicId('tenant', victim.id), ...operatorsOwn, ...ofTenant };
      const sample = { path, ...OPERATOR_SAMPLES[nameOf(route)] };
      for (const key of [null, 'hub_op_nonsense', victim.key, attacker.key, issueKey('op').key, revoked]) {
        const answer = await ask(key, route.method, urlOf(route, sample), sample.body);
        expect([nameOf(route), answer.status]).toEqual([nameOf(route), 401]);
      }
      if (route.method !== 'GET' || route.path.endsWith('/download')) continue;
      expect([nameOf(route), (await ask(operatorKey, route.method, urlOf(route, sample))).status]).toEqual([
        nameOf(route),
        200,
      ]);
    }
    expect(await rowsOf(victim)).toBe(victimRows);
  });
});

function codeOf(body: string): unknown {
  return (JSON.parse(body) as { code?: unknown }).code;
}

/** All that a caller can see, but for the address that he asked for himself and the state of his own limits. */
function comparable(answer: { status: number; headers: Readonly<Record<string, unknown>>; text: string }): unknown {
  const { date: _date, ratelimit: _ratelimit, 'content-length': _length, ...headers } = answer.headers;
  return { status: answer.status, headers, text: answer.text.replace(/"instance":"[^"]*"/, '"instance":""') };
}

async function newTenant(database: TestDatabase): Promise<Tenant> {
  const { id } = await database.createTenant();
  return { id, key: await newKey(database, id, SCOPES), revoked: await newKey(database, id, SCOPES, true) };
}

async function newKey(
  database: TestDatabase,
  tenant: string,
  scopes: readonly string[],
  revoked = false,
): Promise<string> {
  const issued = issueKey('test');
  await database.asSuperuser((client) =>
    client.query(
      `insert into api_keys (tenant_id, id, prefix, name, environment, secret_hash, scopes, revoked_at)
       values ($1, $2, $3, 'test', 'test', $4, $5, case when $6 then now() - interval '1 hour' end)`,
      [tenant, newUuid(), issued.prefix, issued.hash, scopes, revoked],
    ),
  );
  return issued.key;
}

async function newOperatorKey(database: TestDatabase, revoked = false): Promise<string> {
  const issued = issueKey('op');
  await database.asSuperuser((client) =>
    client.query(
      `insert into operator_keys (id, prefix, name, secret_hash, revoked_at) values ($1, $2, 'test', $3, case when $4 then now() end)`,
      [newUuid(), issued.prefix, issued.hash, revoked],
    ),
  );
  return issued.key;
}
