import { parsePublicId } from '@hub/platform';
import { SCOPES } from '@hub/tenancy';
import { injectAny, type AnyAnswer } from '../support/inject-any';
import { type Tenant } from './furnish';
import { IN_PAYLOADS, plantPayloads } from './plant-payloads';
import { type Belongings } from './route-samples';
import { codeOf, nameOf, RouteStage, samplesOf, urlOf } from './route-stage';
import { signIn, type Signed } from './sessions';

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

describe('every route of the API', () => {
  let stage: RouteStage;
  beforeAll(async () => {
    stage = await RouteStage.open();
    await stage.set();
  }, 60_000);
  afterAll(() => stage?.close());

  it('shows what is in payloads to whoever may read them, and to nobody else', async () => {
    const reader = await stage.newTenant();
    const own = await stage.furnish(reader);
    await plantPayloads(stage.database, reader.id, own);
    const without = SCOPES.filter((scope) => scope !== 'payloads:read');
    const blind = await stage.newKey(reader.id, without);
    const showing = new Set<string>();
    for (const route of stage.tenantRoutes) {
      if (route.method !== 'GET' || /\/objects|\/secret$|\/download$/.test(route.path)) continue;
      for (const sample of samplesOf(route, own)) {
        const [full, kept] = [
          await stage.ask(reader.key, route.method, urlOf(route, sample)),
          await stage.ask(blind, route.method, urlOf(route, sample)),
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
      reader = await stage.newTenant();
      own = await stage.furnish(reader);
      await plantPayloads(stage.database, reader.id, own);
      const named = [own.delivery, own.event, own.backtest, own.mapping, own.goldenCase, own.replay];
      named.push(own.webhookEndpoint, own.notice);
      const urls = SHOWING.map((name) => {
        const route = stage.tenantRoutes.find((one) => nameOf(one) === name);
        if (route === undefined) throw new Error(`${name} is not there`);
        return urlOf(
          route,
          samplesOf(route, own).find(({ query }) => query?.['include'] !== undefined) ?? samplesOf(route, own)[0] ?? {},
        );
      });
      showing = Object.fromEntries(urls.map((url, index) => [url, named[index] ?? '']));
    }, 60_000);

    const readAs = ({ headers }: Signed, url: string): Promise<AnyAnswer> =>
      injectAny(stage.app, { method: 'GET', url, headers });
    const recordsOf = ({ id }: Signed): Promise<{ target: string; record: string }[]> =>
      stage.database.asSuperuser(
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
        const signed = await signIn(stage.database, reader.id, who);
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
      const signed = await signIn(stage.database, reader.id, who);
      for (const url of Object.keys(showing)) {
        const answer = await readAs(signed, url);
        expect([url, answer.status, answer.text.includes(IN_PAYLOADS)]).toEqual([url, 200, shown]);
      }
      expect((await readAs(signed, search)).status).toBe(shown ? 200 : 403);
      expect(await recordsOf(signed)).toEqual([]);
    });

    it('records what is answered again for an Idempotency-Key, and a refusal that shows golden cases', async () => {
      await stage.database.asSuperuser((client) =>
        client.query(`update deliveries set status = 'dead', settled_at = now() where tenant_id = $1 and id = $2`, [
          reader.id,
          parsePublicId(own.delivery)?.uuid,
        ]),
      );
      const [developer, operator] = [
        await signIn(stage.database, reader.id, { role: 'developer' }),
        await signIn(stage.database, reader.id, 'operator'),
      ];
      const url = `/v1/deliveries/${own.delivery}/cancel`;
      for (const { headers } of [developer, operator]) {
        const answer = await injectAny(stage.app, {
          method: 'POST',
          url,
          headers: { ...headers, 'idempotency-key': 'k' },
        });
        expect([answer.status, answer.text.includes(IN_PAYLOADS)]).toEqual([200, true]);
      }
      expect(await recordsOf(developer)).toEqual([]);
      expect((await recordsOf(operator)).map(({ target }) => target)).toEqual([own.delivery]);

      await stage.ask(reader.key, 'POST', `/v1/mappings/${own.mapping}/versions`, { expression: '"another"' });
      const refused = await injectAny(stage.app, {
        method: 'POST',
        url: `/v1/mappings/${own.mapping}/publish`,
        headers: { ...operator.headers, 'content-type': 'application/json' },
        payload: JSON.stringify({ version: 2 }),
      });
      expect([refused.status, refused.text.includes(IN_PAYLOADS)]).toEqual([422, true]);
      expect((await recordsOf(operator)).map(({ target }) => target)).toEqual([own.delivery, own.mapping]);
    });

    it('shows none of which there can be no record', async () => {
      const signed = await signIn(stage.database, reader.id, { role: 'support' });
      const may = (words: string): Promise<unknown> =>
        stage.database.asSuperuser((client) => client.query(`${words} hub_app`));
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

  it('leaves the victim as he was', async () => {
    await stage.expectVictimUntouched();
  });
});
