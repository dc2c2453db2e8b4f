import { recordedActions, type TestDatabase } from '@hub/testing';
import { books, crm } from './fixtures/fake-systems';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { startLinkingApi, type Answer, type LinkingApi } from './fixtures/linking-api';

let database: TestDatabase;
let api: LinkingApi;
let tenant: { id: string; key: string };
let source: { id: string; uuid: string };
let target: { id: string; uuid: string };

stageApi(
  (created) => startLinkingApi(created, [crm(), books()]),
  (...made) => ([api, database] = made),
);
beforeEach(async () => {
  tenant = await api.newTenant();
  source = await api.connect(tenant.id, 'crm');
  target = await api.connect(tenant.id, 'books');
  api.rung.pulls.length = 0;
});

interface Listed {
  data: { id: string; event_type: string; operation: string; applied: { route_id: string | null } | null }[];
}
interface Applied {
  data: {
    recipe_id: string;
    created: boolean;
    sync_id: string;
    mapping_id: string;
    route_id: string;
    route_enabled: boolean;
  }[];
}
const query = (from = source.id, to = target.id): string =>
  `/v1/recipes?source_connection_id=${from}&target_connection_id=${to}`;
const list = async (): Promise<Listed['data']> => (await api.call<Listed>(tenant.key, 'GET', query())).body.data;
const apply = (body: object): ReturnType<typeof api.call<Applied>> =>
  api.call<Applied>(tenant.key, 'POST', '/v1/recipes/apply', {
    source_connection_id: source.id,
    target_connection_id: target.id,
    ...body,
  });
const get = async (path: string): Promise<Record<string, unknown>> => (await api.call(tenant.key, 'GET', path)).body;

describe('/v1/recipes', () => {
  it('lists what the one pulls with what the other takes', async () => {
    expect(
      (await list()).map(({ id, event_type, operation, applied }) => [id, event_type, operation, applied]),
    ).toEqual([
      ['crm.account:books.customer.outbound', 'crm.account.*', 'customer.upsert', null],
      ['crm.deal:books.invoice.outbound', 'crm.deal.*', 'invoice.upsert', null],
      ['crm.deal:books.deal.outbound', 'crm.deal.*', 'opportunity.update', null],
    ]);
  });

  it('records who applied which, and nothing when it was refused', async () => {
    expect((await apply({ recipe_ids: ['crm.nothing:books.nothing'] })).status).toBe(422);
    expect(await recordedActions(database, source.id)).toEqual([]);
    expect((await apply({ recipe_ids: ['crm.account:books.customer.outbound'] })).status).toBe(200);
    expect(await recordedActions(database, source.id)).toEqual(['recipes.applied']);
  });

  it('refuses what is no pair of the tenant’s own connections, and unknown members', async () => {
    const stranger = await api.newTenant();
    const foreign = await api.connect(stranger.id, 'books');
    for (const [from, to, fault] of [
      [source.id, foreign.id, '#query/target_connection_id unknown_connection'],
      [foreign.id, target.id, '#query/source_connection_id unknown_connection'],
      ['nonsense', target.id, '#query/source_connection_id unknown_connection'],
      [source.id, source.id, '#query/target_connection_id same_connection'],
    ] as const) {
      const answer = await api.call(tenant.key, 'GET', query(from, to));
      expect([answer.status, faultsOf(answer)]).toEqual([422, [fault]]);
    }
    expect((await api.call(tenant.key, 'GET', `${query()}&x=1`)).status).toBe(400);
    expect((await api.call(tenant.key, 'GET', '/v1/recipes')).status).toBe(400);
    expect((await api.call(null, 'GET', query())).status).toBe(401);
    const reader = await api.newTenant(['config:read']);
    expect((await api.call(reader.key, 'POST', '/v1/recipes/apply', {})).status).toBe(403);
  });

  it('makes a sync, a copy of the mapping and a route that carries this connection’s events, once', async () => {
    const recipe_ids = ['crm.account:books.customer.outbound', 'crm.deal:books.invoice.outbound'];
    const first = await apply({ recipe_ids });
    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject(
      recipe_ids.map((recipe_id) => ({ recipe_id, created: true, route_enabled: true })),
    );
    expect(api.rung.pulls).toEqual([source.uuid]);
    const [account, deal] = first.body.data as [Applied['data'][number], Applied['data'][number]];
    expect(await get(`/v1/routes/${account.route_id}`)).toMatchObject({
      event_type: 'crm.account.*',
      filter: `connection_id = "${source.id}" and change != "deleted"`,
      connection_id: target.id,
      operation: 'customer.upsert',
      mapping_id: account.mapping_id,
      enabled: true,
    });
    expect(await get(`/v1/routes/${deal.route_id}`)).toMatchObject({
      filter: expect.stringContaining('canonical.won = true'),
    });
    expect(await get(`/v1/mappings/${account.mapping_id}`)).toMatchObject({
      published_version: 1,
      template: { id: 'books.customer.outbound', version: 3, latest_version: 3 },
    });
    expect(await get(`/v1/syncs/${account.sync_id}`)).toMatchObject({
      connection_id: source.id,
      object: 'Account',
      interval_seconds: 300,
      status: 'active',
    });

    const again = await apply({ recipe_ids: [...recipe_ids, recipe_ids[0]] });
    expect(again.body.data).toEqual(first.body.data.map((one) => ({ ...one, created: false })));
    expect((await list()).map(({ applied }) => applied?.route_id)).toEqual([
      account.route_id,
      deal.route_id,
      undefined,
    ]);
  });

  it('makes nothing twice when asked many times at once', async () => {
    const recipe_ids = ['crm.account:books.customer.outbound'];
    const answers = await Promise.all(Array.from({ length: 8 }, () => apply({ recipe_ids })));
    expect(new Set(answers.map(({ body }) => body.data[0]?.route_id)).size).toBe(1);
    expect(answers.filter(({ body }) => body.data[0]?.created).length).toBe(1);
    expect(((await get('/v1/mappings'))['data'] as unknown[]).length).toBe(1);
    expect(((await get('/v1/syncs'))['data'] as unknown[]).length).toBe(1);
  });

  it('makes anew what was deleted, keeps what is there, and shares a sync', async () => {
    const invoice = ['crm.deal:books.invoice.outbound'];
    const [made] = (await apply({ recipe_ids: invoice })).body.data;
    await api.call(tenant.key, 'DELETE', `/v1/routes/${made?.route_id}`);
    const [again] = (await apply({ recipe_ids: invoice })).body.data;
    expect(again).toMatchObject({ created: true, sync_id: made?.sync_id, mapping_id: made?.mapping_id });
    expect(again?.route_id).not.toBe(made?.route_id);
    const [other] = (await apply({ recipe_ids: ['crm.deal:books.deal.outbound'] })).body.data;
    expect(other).toMatchObject({ created: true, sync_id: made?.sync_id });
    expect((await get(`/v1/routes/${other?.route_id}`))['filter']).not.toContain('won');
  });

  it('makes it disabled where that is asked for, and from a date', async () => {
    const start_from = '2026-01-01T00:00:00.000Z';
    const [made] = (await apply({ recipe_ids: ['crm.account:books.customer.outbound'], enabled: false, start_from }))
      .body.data;
    expect(made).toMatchObject({ route_enabled: false });
    expect(await get(`/v1/syncs/${made?.sync_id}`)).toMatchObject({ status: 'paused', start_from });
  });

  it('makes all or nothing', async () => {
    const answer = await apply({
      recipe_ids: ['crm.account:books.customer.outbound', 'crm.note:books.customer.outbound'],
    });
    expect([answer.status, faultsOf(answer as never)]).toEqual([422, ['/recipe_ids/1 unknown_recipe']]);
    expect((await get('/v1/routes'))['data']).toEqual([]);
  });
});

describe('/v1/mapping-templates and /v1/canonical-types', () => {
  it('lists by what they are, and shows one', async () => {
    const ids = async (search: string): Promise<unknown> =>
      ((await get(`/v1/mapping-templates${search}`))['data'] as { id: string }[]).map(({ id }) => id);
    expect(await ids('?direction=inbound')).toEqual(['books.customer.inbound']);
    expect(await ids('?canonical_type=payment')).toEqual(['books.payment.outbound']);
    expect(await ids('?connector=crm')).toEqual([]);
    expect((await api.call(tenant.key, 'GET', '/v1/mapping-templates?connector=nope')).status).toBe(400);
    expect((await api.call(tenant.key, 'GET', '/v1/mapping-templates?vendor=x')).status).toBe(400);
    expect(await get('/v1/mapping-templates/books.customer.outbound')).toMatchObject({
      version: 3,
      connector: 'books',
      operation: 'customer.upsert',
      object: null,
      golden_cases: [{ name: 'any' }],
    });
    expect((await api.call(tenant.key, 'GET', '/v1/mapping-templates/nope')).status).toBe(404);
  });

  it('gives the model as schemas', async () => {
    const functions = (await get('/v1/mapping-functions')) as { data: { name: string; usage: string }[] };
    expect(functions.data).toContainEqual(
      expect.objectContaining({ name: 'money', usage: '$money(amount, currency, mode?)' }),
    );
    const { data } = (await get('/v1/canonical-types')) as { data: { type: string; schema: { required: string[] } }[] };
    expect(data.map(({ type }) => type)).toContain('invoice');
    expect(data.find(({ type }) => type === 'customer')?.schema.required).toEqual(['id', 'display_name']);
  });
});

describe('/v1/mappings from a template', () => {
  const create = (body: object): Promise<Answer> => api.call(tenant.key, 'POST', '/v1/mappings', body);

  it('copies it, and says when there is a newer one', async () => {
    const made = await create({ template_id: 'books.customer.outbound' });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: 'To a customer in Books',
        template: { id: 'books.customer.outbound', version: 3, latest_version: 3 },
      },
    });
    const id = made.body['id'] as string;
    expect(await get(`/v1/mappings/${id}/versions/1`)).toMatchObject({
      expression: expect.stringContaining('$link'),
      note: 'Copied from books.customer.outbound, version 3.',
    });
    await database.asSuperuser((client) =>
      client.query(`update mappings set template_version = 2 where tenant_id = $1`, [tenant.id]),
    );
    expect((await get(`/v1/mappings/${id}`))['template']).toEqual({
      id: 'books.customer.outbound',
      version: 2,
      latest_version: 3,
    });
    await database.asSuperuser((client) =>
      client.query(`update mappings set template_id = 'books.old.outbound' where tenant_id = $1`, [tenant.id]),
    );
    expect((await get(`/v1/mappings/${id}`))['template']).toMatchObject({ latest_version: null });
    const own = await create({ name: 'own', expression: '1' });
    expect(own.body['template']).toBeNull();
  });

  it('refuses both at once, neither, and a template that there is not', async () => {
    const faults = async (body: object): Promise<unknown> => {
      const answer = await create(body);
      return [answer.status, faultsOf(answer).map((fault) => fault.split(' ')[0])];
    };
    expect(await faults({ template_id: 'books.customer.outbound', expression: '1' })).toEqual([400, ['/template_id']]);
    expect(await faults({})).toEqual([400, ['/expression', '/name']]);
    expect(await faults({ name: 'x' })).toEqual([400, ['/expression']]);
    expect(await faults({ template_id: 'nope' })).toEqual([422, ['/template_id']]);
  });
});
