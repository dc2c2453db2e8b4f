import { type Connector } from '@hub/connector-sdk';
import { type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { keyWith, startConfigApi, type Answer, type ConfigApi } from '../connections/fixtures/config-api';

let database: TestDatabase;
let api: ConfigApi;
let key: string;
let counter = 0;

/** Brings a template of each direction along. */
const shop = {
  manifest: { id: 'shop' },
  mappingTemplates: [
    {
      id: 'shop.order.outbound',
      version: 1,
      title: 'Orders',
      description: '',
      direction: 'outbound',
      expression: '{"Id": $link("customer", id, "books"), "By": $event.source}',
      goldenCases: [
        {
          name: 'linked',
          input: { id: '1' },
          event: { source: 'shop' },
          links: [{ type: 'customer', id: '1', system: 'books', found: '58' }],
          output: { Id: '58', By: 'shop' },
        },
      ],
    },
    {
      id: 'shop.order.inbound',
      version: 1,
      title: 'Pulled orders',
      description: '',
      direction: 'inbound',
      expression: '{"id": record.Id, "event": $exists($event)}',
      goldenCases: [{ name: 'pulled', input: { record: { Id: '1' } }, output: { id: '1', event: false } }],
    },
  ],
} as unknown as Connector;

stageApi(
  (created) => startConfigApi(created, { connectors: [shop] }),
  async (...made) => {
    [api, database] = made;
    key = await api.newTenant();
  },
);

function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
  return api.call<T>(key, method, `/v1/mappings${path}`, body);
}

/** A mapping with versions of these expressions, the first one published. */
async function mapping(...expressions: readonly string[]): Promise<string> {
  const [first = '$', ...others] = expressions;
  const created = await call('POST', '', { name: `changed ${++counter}`, expression: first });
  const id = created.body['id'] as string;
  for (const expression of others) await call('POST', `/${id}/versions`, { expression });
  return id;
}

const publish = (id: string, version: number, more: object = {}): Promise<Answer> =>
  call('POST', `/${id}/publish`, { version, ...more });

async function auditOf(action: string): Promise<Record<string, unknown>[]> {
  return database.asSuperuser(async (client) => {
    const { rows } = await client.query<{ record: Record<string, unknown> }>(
      `select record::jsonb as record from audit_records where record::jsonb ->> 'action' = $1 order by id`,
      [action],
    );
    return rows.map(({ record }) => record);
  });
}

describe('golden cases', () => {
  it('are kept with the mapping, and changed and deleted', async () => {
    const id = await mapping();
    const wanted = { name: 'one', input: { n: 1 }, output: { n: 1 }, ignore: ['/at'] };
    const created = await call('POST', `/${id}/golden-cases`, wanted);
    expect(created).toMatchObject({ status: 201, body: { ...wanted, outcome: 'output', event: {}, links: [] } });
    const path = `/${id}/golden-cases/${String(created.body['id'])}`;
    expect(created.headers['location']).toBe(`/v1/mappings${path}`);
    expect((await call('GET', path)).body).toEqual(created.body);
    const changed = await call('PATCH', path, { outcome: 'skipped' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'one', input: { n: 1 }, outcome: 'skipped' } });
    expect(changed.body).not.toHaveProperty('output');
    expect((await call('GET', `/${id}/golden-cases`)).body).toEqual({ data: [changed.body] });
    expect(await call('POST', `/${id}/golden-cases`, wanted)).toMatchObject({
      status: 409,
      body: { code: 'name_taken', errors: [{ pointer: '/name' }] },
    });
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
    expect((await call('DELETE', path)).status).toBe(404);
    expect(await auditOf('golden_case.deleted')).toMatchObject([{ before: { name: 'one' }, target: { name: 'one' } }]);
  });

  it('say what is wrong with them', async () => {
    const id = await mapping();
    const add = (body: object): Promise<Answer> => call('POST', `/${id}/golden-cases`, body);
    expect(faultsOf(await add({ name: 'x', ignore: ['at'], more: 1 })).sort()).toEqual(
      ['/ignore/0 invalid_format', '/input custom', '/more unknown_field'].sort(),
    );
    expect(faultsOf(await add({ name: 'x', input: null }))).toEqual(['/output required']);
    expect(faultsOf(await add({ name: 'x', input: 1, outcome: 'failed', output: 1 }))).toEqual(['/output not_allowed']);
    expect((await add({ name: 'x', input: null, output: null })).body).toMatchObject({ input: null, output: null });
    expect((await call('GET', `/${id}/golden-cases/gld_x`)).status).toBe(404);
  });

  it('are at most fifty', async () => {
    const id = await mapping();
    await call('POST', `/${id}/golden-cases`, { name: 'first', input: 1, output: 1 });
    await database.asSuperuser((client) =>
      client.query(
        `insert into mapping_golden_cases (tenant_id, mapping_id, id, name, input, outcome, event, output)
         select g.tenant_id, g.mapping_id, uuid_v7(), n::text, n::text, 'output', '{}', n::text
         from mapping_golden_cases g join mappings m on m.tenant_id = g.tenant_id and m.id = g.mapping_id, generate_series(2, 50) n
         where m.name = $1`,
        [`changed ${counter}`],
      ),
    );
    expect(await call('POST', `/${id}/golden-cases`, { name: '50', input: 1, output: 1 })).toMatchObject({
      status: 409,
      body: { code: 'too_many_golden_cases' },
    });
    expect((await publish(id, 1)).body).toMatchObject({ golden_cases: 50 });
  });

  it('come along with a template, and hold the copy to what it was made for', async () => {
    const created = await call('POST', '', { template_id: 'shop.order.outbound' });
    const id = created.body['id'] as string;
    expect((await call('GET', `/${id}/golden-cases`)).body).toMatchObject({
      data: [{ name: 'linked', event: { source: 'shop' }, links: [{ found: '58' }], output: { Id: '58', By: 'shop' } }],
    });
    await call('POST', `/${id}/versions`, { expression: '{"Id": $link("customer", id, "books"), "By": "me"}' });
    expect(faultsOf(await publish(id, 2))).toEqual(['#golden-cases/linked/output/By golden_case_differs']);
    const pulled = await call('POST', '', { template_id: 'shop.order.inbound' });
    const cases = await call('GET', `/${String(pulled.body['id'])}/golden-cases`);
    expect(cases.body).toMatchObject({ data: [{ name: 'pulled', event: null }] });
    expect((await publish(String(pulled.body['id']), 1)).body).toMatchObject({ golden_cases: 1 });
  });
});

describe('publishing', () => {
  it('is refused by a golden case that does not come out as it must, with every place', async () => {
    const id = await mapping('{"a": a, "at": $now()}', '{"a": a + 1, "b": [1], "at": $now()}', '$error("no")');
    const cases = [
      { name: 'adds/nothing', input: { a: 1 }, output: { a: 1, at: 'any' }, ignore: ['/at'] },
      { name: 'refuses', input: { a: 'x' }, outcome: 'failed' },
    ];
    for (const golden of cases) await call('POST', `/${id}/golden-cases`, golden);
    const refused = await publish(id, 2);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'golden_cases_failed', golden_cases: 2, golden_cases_failed: 1 },
    });
    expect(refused.body['errors']).toEqual([
      {
        pointer: '#golden-cases/adds~1nothing/output/a',
        code: 'golden_case_differs',
        message: '“adds/nothing”: must be 1, and is 2',
      },
      {
        pointer: '#golden-cases/adds~1nothing/output/b',
        code: 'golden_case_differs',
        message: '“adds/nothing”: must not be there, and is [1]',
      },
    ]);
    expect(faultsOf(await publish(id, 3))).toEqual(['#golden-cases/adds~1nothing mapping_runtime']);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ published_version: 1 });
    const refusals = (await auditOf('mapping.published')).filter(({ outcome }) => outcome === 'refused');
    expect(refusals.slice(-2)).toMatchObject([
      { details: { version: 2, golden_cases_failed: ['adds/nothing'] } },
      { details: { version: 3, golden_cases_failed: ['adds/nothing'] } },
    ]);
  });

  it('runs cases with the event, the links and the numbers that they are given', async () => {
    const id = await mapping(
      '{"by": $event.source, "type": $event.type, "id": $link("order", n, "crm"), "n": n}',
      '$exists($event) ? $error("event") : {"n": n}',
    );
    // A whole number beyond 2^53 is text to the expression, though a double holds this one.
    const golden = `{"name": "x", "input": {"n": 9007199254740992}, "event": {"source": "shop"},
      "links": [{"type": "order", "id": "9007199254740992", "system": "crm", "found": "7"}],
      "output": {"by": "shop", "type": "golden.record.updated", "id": "7", "n": "9007199254740992"}}`;
    expect((await call('POST', `/${id}/golden-cases`, golden)).status).toBe(201);
    expect((await publish(id, 1)).status).toBe(200);
    const other = await mapping('1', '$exists($event) ? $error("event") : $skip("none")');
    await call('POST', `/${other}/golden-cases`, { name: 'as in a sync', input: {}, event: null, outcome: 'skipped' });
    expect((await publish(other, 2)).status).toBe(200);
  });

  it('takes no number that it would show and keep as another one', async () => {
    const id = await mapping('1', '2');
    const refused = await call(
      'POST',
      `/${id}/golden-cases`,
      '{"name": "x", "input": {"n": [1, 12345678901234567]}, "event": {"a/b": 1e-400}, "output": {"a": 1e400}}',
    );
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(faultsOf(refused)).toEqual(['/input/n/1', '/event/a~1b', '/output/a'].map((at) => `${at} out_of_range`));
    const input = { n: '12345678901234567' };
    const made = await call('POST', `/${id}/golden-cases`, { name: 'x', input, outcome: 'failed' });
    expect(made).toMatchObject({ status: 201, body: { input } });
    const change = `/${id}/golden-cases/${made.body['id'] as string}`;
    expect((await call('PATCH', change, '{"input": {"n": 12345678901234567}}')).status).toBe(400);
  });

  it('says who did it and when, and whether anybody has tried the version', async () => {
    const id = await mapping('1', '2');
    const published = await publish(id, 2, { expected_version: 1 });
    expect(published).toMatchObject({
      status: 200,
      body: { published_version: 2, golden_cases: 0, backtested: false, backtest: null },
    });
    expect((await call('GET', `/${id}/versions`)).body).toMatchObject({
      data: [
        {
          version: 2,
          published: { kind: 'published', by: { type: 'api_key', id: expect.stringMatching(/^key_/) as string } },
        },
        { version: 1, published: { kind: 'created', at: expect.any(String) as string } },
      ],
    });
    expect((await call('GET', `/${id}/versions/2`)).body).toMatchObject({ published: { kind: 'published' } });
    expect(await publish(id, 1, { expected_version: 1 })).toMatchObject({
      status: 409,
      body: { code: 'published_version_changed', published_version: 2, errors: [{ pointer: '/expected_version' }] },
    });
    expect(await call('POST', `/${id}/rollback`, { expected_version: 1 })).toMatchObject({ status: 409 });
  });

  it('is taken back in one call, whatever the golden cases say', async () => {
    const id = await mapping('1', '2', '3');
    await publish(id, 3);
    await call('POST', `/${id}/golden-cases`, { name: 'three', input: {}, output: 3 });
    expect((await publish(id, 2)).status).toBe(422);
    expect((await call('POST', `/${id}/rollback`)).body).toMatchObject({ published_version: 1 });
    expect((await call('POST', `/${id}/rollback`, { to_version: 3 })).body).toMatchObject({ published_version: 3 });
    expect(await call('POST', `/${id}/rollback`, { to_version: 2 })).toMatchObject({
      status: 422,
      body: { code: 'never_published' },
    });
    expect((await call('POST', `/${id}/rollback`, { version: 2 })).status).toBe(400);
    expect((await auditOf('mapping.rolled_back')).slice(-2)).toMatchObject([
      { before: { published_version: 3 }, after: { published_version: 1 } },
      { before: { published_version: 1 }, after: { published_version: 3 } },
    ]);
  });
});

describe('a back-test', () => {
  async function used(): Promise<string> {
    const id = await mapping('{"n": n}', '{"n": n, "new": true}');
    const connection = await api.call(key, 'POST', '/v1/connections', {
      name: `c ${++counter}`,
      connector: 'http',
      config: { url: 'https://example.com/' },
    });
    const route = { name: `r ${counter}`, event_type: 'order.*', connection_id: connection.body['id'], mapping_id: id };
    const made = await api.call(key, 'POST', '/v1/routes', { ...route, operation: 'request.send' });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return id;
  }

  it('is planned, read, listed and cancelled', async () => {
    const id = await used();
    const created = await call('POST', `/${id}/backtest`, { version: 2 });
    expect(created).toMatchObject({
      status: 202,
      body: { status: 'queued', version: 2, base_version: 1, limit: 200, compared: 0, totals: { changed: 0 } },
    });
    const path = `/${id}/backtests/${String(created.body['id'])}`;
    expect(created.headers['location']).toBe(`/v1/mappings${path}`);
    expect((await call('GET', path)).body).toEqual(created.body);
    expect((await call('GET', `/${id}/backtests`)).body).toMatchObject({ data: [created.body], next_cursor: null });
    expect((await call('GET', `${path}/items`)).body).toEqual({ data: [], next_cursor: null });
    expect((await call('GET', `${path}/items?outcome=none`)).status).toBe(400);
    expect(await call('POST', `/${id}/backtest`, { version: 2 })).toMatchObject({
      status: 409,
      body: { code: 'backtest_under_way' },
    });
    expect((await call('POST', `${path}/cancel`)).body).toMatchObject({ status: 'cancelled' });
    expect((await call('POST', `${path}/cancel`)).body).toMatchObject({ status: 409, code: 'backtest_ended' });
    expect((await auditOf('backtest.started')).length).toBeGreaterThan(0);
    // Where a report is asked for under another mapping there is none.
    expect((await call('GET', path.replace(id, await mapping()))).status).toBe(404);
  });

  it('has the hash of the version that holds the same expression and tables, and of no other one', async () => {
    const id = await used();
    const tables = { size: { S: 'small', L: 'large' } };
    const expression = '{"n": $lookupTable("size", n)}';
    const hashOf = async (method: string, path: string, body?: object): Promise<unknown> =>
      (await call(method, `/${id}${path}`, body)).body['content_hash'];
    const tried = async (body: object): Promise<unknown> => {
      const started = await call('POST', `/${id}/backtest`, body);
      await call('POST', `/${id}/backtests/${String(started.body['id'])}/cancel`);
      return started.body['content_hash'];
    };
    const draft = await tried({ expression, tables });
    expect(draft).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf('POST', '/versions', { expression, tables })).toBe(draft);
    expect(await hashOf('GET', '/versions/3')).toBe(draft);
    expect(await tried({ version: 3 })).toBe(draft);
    expect(await tried({ expression, tables: { size: { S: 'small' } } })).not.toBe(draft);
  });

  it('is of a version or of an expression, in bounds', async () => {
    const id = await used();
    const start = (body: object): Promise<Answer> => call('POST', `/${id}/backtest`, body);
    expect(faultsOf(await start({}))).toEqual(['/expression required']);
    expect(faultsOf(await start({ version: 1, expression: '1', limit: 1_001 }))).toEqual([
      '/limit too_big',
      '/expression custom',
    ]);
    expect(faultsOf(await start({ version: 1, tables: {} }))).toHaveLength(1);
    expect(await start({ version: 9 })).toMatchObject({ status: 422, body: { code: 'unknown_version' } });
    expect(await start({ expression: '(' })).toMatchObject({ status: 422, body: { code: 'mapping_syntax', line: 1 } });
    expect(await start({ expression: '1', tables: { t: 1 } })).toMatchObject({ body: { code: 'invalid_tables' } });
    expect((await start({ expression: '1', limit: 1_000 })).status).toBe(202);
    expect(await call('POST', `/${await mapping()}/backtest`, { version: 1 })).toMatchObject({
      status: 422,
      body: { code: 'mapping_not_used' },
    });
    const reader = await keyWith(api, key, ['config:read']);
    expect((await api.call(reader, 'POST', `/v1/mappings/${id}/backtest`, { version: 1 })).status).toBe(403);
  });

  it('shows whoever may not read events nothing of them', async () => {
    const id = await used();
    const { body } = await call('POST', `/${id}/backtest`, { version: 2 });
    await database.asSuperuser(async (client) => {
      const run = { kind: 'failed', error: { code: 'mapping_runtime', message: 'payload', line: 1, column: 2 } };
      const difference = { pointer: '/payload', kind: 'added', after: 'payload' };
      const detail = {
        differences: [difference],
        differenceCount: 1,
        base: { kind: 'skipped', reason: 'payload' },
        draft: run,
        varying: ['/payload'],
        sentVersion: 1,
        sentDifferences: [difference],
        sentDifferenceCount: 1,
        reason: null,
      };
      await client.query(
        `insert into mapping_backtest_items (tenant_id, backtest_id, number, tracking_id, event_id, event_type, connection_id, route_id, outcome, was_sent, detail)
         select b.tenant_id, b.id, n, uuid_v7(), 'payload', 'order.created', r.connection_id, r.id, case n when 1 then 'now_failing' else 'changed' end, 'same', $1
         from mapping_backtests b join routes r on r.tenant_id = b.tenant_id and r.mapping_id = b.mapping_id, generate_series(1, 2) n
         where b.status = 'queued' and r.name = $2`,
        [JSON.stringify(detail), `r ${counter}`],
      );
    });
    const path = `/v1/mappings/${id}/backtests/${String(body['id'])}/items`;
    const full = await call('GET', path.replace('/v1/mappings', ''));
    expect(JSON.stringify(full.body)).toContain('payload');
    expect(full.body).toMatchObject({ data: [{ event_id: 'payload' }, {}] });
    const reader = await keyWith(api, key, ['config:read']);
    const bare = await api.call<{ data: unknown[] }>(reader, 'GET', path);
    expect(bare.status).toBe(200);
    expect(JSON.stringify(bare.body)).not.toContain('payload');
    expect(bare.body.data[0]).toMatchObject({
      event_id: null,
      outcome: 'now_failing',
      difference_count: 1,
      differences: null,
      draft: { outcome: 'failed', error: { code: 'mapping_runtime', message: null, line: 1, column: 2 } },
      published: { outcome: 'skipped', skip_reason: null },
      was_sent: { outcome: 'same', version: 1, differences: null },
    });
    const page = await api.call<{ data: { number: number }[]; next_cursor: string }>(key, 'GET', `${path}?limit=1`);
    expect(page.body.data).toMatchObject([{ number: 1 }]);
    const next = await api.call<{ data: unknown[] }>(key, 'GET', `${path}?limit=1&cursor=${page.body.next_cursor}`);
    expect(next.body).toMatchObject({ data: [{ number: 2 }], next_cursor: null });
    expect((await api.call(key, 'GET', `${path}?outcome=changed`)).body).toMatchObject({ data: [{ number: 2 }] });
  });
});
