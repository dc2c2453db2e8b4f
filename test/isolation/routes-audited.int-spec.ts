import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parsePublicId } from '@hub/platform';
import { waitUntil } from '@hub/testing';
import { type ApiRoute } from './api-routes';
import { NOT_RECORDED, RECORDED_ELSEWHERE, SUCCEEDING, type Owner } from './audit-samples';
import { OPERATOR_SAMPLES } from './route-samples';
import { nameOf, RouteStage, samplesOf, urlOf } from './route-stage';

const ROOT = path.resolve(__dirname, '../..');

describe('every route of the API', () => {
  let stage: RouteStage;
  beforeAll(async () => {
    stage = await RouteStage.open();
    await stage.set();
  }, 60_000);
  afterAll(() => stage?.close());

  describe('that changes something', () => {
    const isUnsafe = ({ method }: ApiRoute): boolean => method !== 'GET';

    /** One who may do everything, with something of each kind. */
    async function newOwner() {
      const tenant = await stage.newTenant();
      const own = await stage.furnish(tenant);
      const sql = (text: string) =>
        stage.database.asSuperuser(
          async (client) => (await client.query<Record<string, unknown>>(text, [tenant.id])).rows,
        );
      const owner: Owner = {
        sql,
        async demand(method, url, body) {
          const answer = await stage.ask(tenant.key, method, url, body);
          if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`);
          return answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>);
        },
      };
      return {
        tenant,
        own,
        owner,
        /** Records of what a key of theirs did; those of a refusal are not of a change. */
        recorded: async () =>
          (await sql(`select 1 from audit_records where tenant_id = $1 and outcome = 'succeeded'`)).length,
      };
    }

    /** What is wrong with how a route records its changes; `null` when nothing is. */
    async function faultOf(route: ApiRoute, by: Awaited<ReturnType<typeof newOwner>>): Promise<string | null> {
      const prepare = SUCCEEDING[nameOf(route)];
      const sample = prepare === undefined ? samplesOf(route, by.own)[0] : await prepare(by.own, by.owner);
      const before = await by.recorded();
      const answer = await stage.ask(by.tenant.key, route.method, urlOf(route, sample ?? {}), sample?.body);
      if (answer.status >= 300) return `${nameOf(route)}: the sample is answered ${answer.status} ${answer.text}`;
      return (await by.recorded()) > before ? null : `${nameOf(route)}: leaves no record`;
    }

    it('is recorded in the audit log', async () => {
      const changing = stage.tenantRoutes.filter(
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
        stage.database.asSuperuser(async (client) => {
          const { rows } = await client.query<{ tenant_id: string; action: string; actor: string }>(
            // Refusals of the tests before are recorded when there is time for it.
            `select tenant_id, action, actor from audit_records where action not like 'access.%' order by id desc limit 2`,
          );
          return rows;
        });
      const nil = '00000000-0000-0000-0000-000000000000';
      const slug = `t-${randomBytes(5).toString('hex')}`;
      const created = await stage.ask(stage.operatorKey, 'POST', '/admin/v1/tenants', {
        slug,
        name: slug,
        tier: 'free',
      });
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
        expect((await stage.ask(stage.operatorKey, method, `/admin/v1/tenants/${id}${below}`, body)).status).toBe(
          status,
        );
        expect((await last()).map((row) => row.tenant_id)).toEqual([tenant, nil]);
      }
    });

    it('and is not, is argued for, or is proved by the spec that can', () => {
      const names = stage.routes.filter(isUnsafe).map(nameOf);
      for (const list of [NOT_RECORDED, RECORDED_ELSEWHERE, SUCCEEDING])
        for (const name of Object.keys(list)) expect(names).toContain(name);
      const open = stage.routes.filter((route) => isUnsafe(route) && route.access?.kind === 'public').map(nameOf);
      expect(open.filter((name) => !(name in NOT_RECORDED) && !(name in RECORDED_ELSEWHERE))).toEqual([]);
      for (const { action, spec } of Object.values(RECORDED_ELSEWHERE))
        expect([spec, fs.readFileSync(path.join(ROOT, spec), 'utf8').includes(`'${action}'`)]).toEqual([spec, true]);
    });

    it('or is refused, is recorded for whoever tried, once a minute', async () => {
      const tenant = await stage.newTenant();
      const narrow = await stage.newKey(tenant.id, ['events:read']);
      for (let time = 0; time < 3; time++) {
        expect((await stage.ask(narrow, 'POST', '/v1/mappings', {})).status).toBe(403);
        expect((await stage.ask(tenant.key, 'DELETE', `/v1/connections/${stage.belongings.connection}`)).status).toBe(
          404,
        );
      }
      const recorded = (): Promise<unknown[]> =>
        stage.database.asSuperuser(
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

  it('leaves the victim as he was', async () => {
    await stage.expectVictimUntouched();
  });
});
