import { fromPublicId } from '@hub/platform';
import { recordedActions, type TestDatabase } from '@hub/testing';
import { faultsOf } from '../../fixtures/faults-of';
import { stageApi } from '../../fixtures/stage-api';
import { startSyncApi, type Answer, type SyncApi } from './fixtures/sync-api';

let database: TestDatabase;
let api: SyncApi;
let key: string;
let stranger: string;
let tenantId: string;
let connection: string;

stageApi(startSyncApi, async (...made) => {
  [api, database] = made;
  stranger = (await api.newTenant()).key;
});

beforeEach(async () => {
  ({ id: tenantId, key, connection } = await api.newTenant());
  api.rung.length = 0;
});

const create = (overrides: object = {}): Promise<Answer> =>
  api.call(key, 'POST', '/v1/syncs', {
    name: 'customers',
    connection_id: connection,
    object: 'Customer',
    ...overrides,
  });

async function created(overrides: object = {}): Promise<string> {
  const answer = await create(overrides);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body['id'] as string;
}

const get = (path: string): Promise<Answer> => api.call(key, 'GET', `/v1/syncs/${path}`);
const post = (path: string, body?: unknown): Promise<Answer> => api.call(key, 'POST', `/v1/syncs/${path}`, body);
const connectionUuid = (): string => fromPublicId('connection', connection) ?? '';

describe('/v1/syncs', () => {
  it('is closed without a key, and without the scope', async () => {
    expect((await api.call(null, 'GET', '/v1/syncs')).status).toBe(401);
    const reader = await api.keyOf(tenantId, ['config:read']);
    expect((await api.call(reader, 'POST', '/v1/syncs', {})).status).toBe(403);
    expect((await api.call(reader, 'GET', '/v1/syncs')).status).toBe(200);
  });

  it('records what was made and changed', async () => {
    const { body } = await create();
    const id = String(body['id']);
    await api.call(key, 'PATCH', `/v1/syncs/${id}`, { name: 'renamed' });
    expect((await post(`${id}/run`, { mode: 'full' })).status).toBe(202);
    expect(await recordedActions(database, id)).toEqual(['sync.created', 'sync.updated', 'sync.run_requested']);
  });

  it.each([
    [{}, false],
    [{ allow_deletions: false }, false],
    [{ allow_deletions: true }, true],
  ])('begins a whole listing with the permission to delete many only when it is given: %j', async (given, allowed) => {
    const run = await post(`${await created()}/run`, { mode: 'full', ...given });
    expect(run.status).toBe(202);
    const { rows } = await database.asSuperuser((client) =>
      client.query(`select allow_deletions from sync_runs where id = $1`, [
        fromPublicId('syncRun', String(run.body['id'])),
      ]),
    );
    expect(rows).toEqual([{ allow_deletions: allowed }]);
  });

  it('creates with what the connector advises, due at once, and rings', async () => {
    const answer = await create();
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name: 'customers',
        connection_id: connection,
        object: 'Customer',
        mapping_id: null,
        status: 'active',
        interval_seconds: 300,
        daily_window: null,
        freshness: { state: 'never', age_seconds: null, allowed_seconds: 660 },
        full_every_hours: null,
        next_full_at: null,
        start_from: null,
        last_success_at: null,
        last_error: null,
        pending_notices: 0,
      },
    });
    const id = answer.body['id'] as string;
    expect(answer.headers['location']).toBe(`/v1/syncs/${id}`);
    expect((await get(id)).body).toEqual(answer.body);
    expect(api.rung).toEqual([connectionUuid()]);
    expect((await create()).body).toMatchObject({ status: 409, code: 'name_taken' });
    expect((await create({ name: 'other' })).body).toMatchObject({ status: 409, code: 'object_synced' });
  });

  it('keeps everything it is given, and makes the first run wait for its window', async () => {
    // Begins between two and a half and three and a half hours from now, and ends before it is now again.
    const clock = (hoursAhead: number, minutes: string): string =>
      `${String((new Date().getUTCHours() + hoursAhead) % 24).padStart(2, '0')}:${minutes}`;
    const [from, to] = [clock(3, '30'), clock(4, '15')];
    const given = {
      interval_seconds: 45,
      daily_window: { from, to, time_zone: 'UTC' },
      freshness_seconds: 90,
      full_every_hours: 24,
      start_from: '2026-01-01T00:00:00.000Z',
    };
    const answer = await create(given);
    expect(answer).toMatchObject({ status: 201, body: given });
    const due = Date.parse(answer.body['next_run_at'] as string);
    expect(due).toBeGreaterThan(Date.now() + 2 * 3_600_000);
    expect(new Date(due).toISOString().slice(11, 16)).toBe(from);
  });

  it('names every fault in one answer', async () => {
    const bad = await create({
      interval_seconds: 29,
      daily_window: { from: '25:00', to: '05:00', time_zone: 'UTC' },
      freshness_seconds: 0,
      full_every_hours: 0,
      start_from: '2999-01-01T00:00:00Z',
    });
    expect(bad).toMatchObject({ status: 422, body: { code: 'invalid_sync' } });
    expect(faultsOf(bad)).toEqual([
      '/interval_seconds out_of_range',
      '/daily_window/from invalid_value',
      '/freshness_seconds out_of_range',
      '/full_every_hours out_of_range',
      '/start_from out_of_range',
    ]);
    expect(faultsOf(await create({ object: 'Rocket' }))).toEqual(['/object unknown_object']);
    expect(faultsOf(await create({ mapping_id: 'map_01h455vb4pex5vsknk084sn02q' }))).toEqual([
      '/mapping_id unknown_mapping',
    ]);
    expect(faultsOf(await create({ color: 'red' }))).toEqual(['/color unknown_field']);
    const http = await api.call(key, 'POST', '/v1/connections', {
      name: 'http',
      connector: 'http',
      config: { url: 'https://example.com' },
    });
    expect(faultsOf(await create({ connection_id: http.body['id'] }))).toEqual(['/object unknown_object']);
  });

  it("takes another tenant's connection and mapping for ones that do not exist", async () => {
    const foreign = await api.call(stranger, 'POST', '/v1/syncs', {
      name: 'x',
      connection_id: connection,
      object: 'Customer',
    });
    expect(foreign.status).toBe(422);
    expect(faultsOf(foreign)).toEqual(['/connection_id unknown_connection']);
  });

  it('changes what is named, and plans anew', async () => {
    const id = await created({ interval_seconds: 3_600 });
    await database.asSuperuser((client) => client.query(`update syncs set next_run_at = now() + interval '1 hour'`));
    const patched = await api.call(key, 'PATCH', `/v1/syncs/${id}`, { interval_seconds: 60, freshness_seconds: 5 });
    expect(patched).toMatchObject({
      status: 200,
      body: { interval_seconds: 60, freshness_seconds: 5, name: 'customers' },
    });
    expect(Date.parse(patched.body['next_run_at'] as string)).toBeLessThan(Date.now() + 61_000);
    expect(faultsOf(await api.call(key, 'PATCH', `/v1/syncs/${id}`, { interval_seconds: 1 }))).toEqual([
      '/interval_seconds out_of_range',
    ]);
    expect((await api.call(key, 'PATCH', `/v1/syncs/${id}`, {})).status).toBe(400);
    expect((await api.call(key, 'PATCH', `/v1/syncs/${id}`, { object: 'Customer' })).status).toBe(400);
  });

  it('is not resumed once its connection is gone: nothing would ever be pulled', async () => {
    const id = await created();
    await post(`${id}/pause`);
    expect((await api.call(key, 'DELETE', `/v1/connections/${connection}`)).status).toBe(204);
    const resumed = await post(`${id}/resume`);
    expect(resumed.status).toBe(422);
    expect(faultsOf(resumed)).toEqual(['/connection_id unknown_connection']);
    expect((await get(id)).body).toMatchObject({ status: 'paused' });
  });

  it('pauses, resumes and runs', async () => {
    const id = await created();
    expect(await post(`${id}/pause`)).toMatchObject({ status: 200, body: { status: 'paused', next_run_at: null } });
    expect(await post(`${id}/run`, { mode: 'changes' })).toMatchObject({ status: 409, body: { code: 'sync_paused' } });
    api.rung.length = 0;
    expect(await post(`${id}/resume`)).toMatchObject({ status: 200, body: { status: 'active' } });
    expect(api.rung).toHaveLength(1);
    const manual = await post(`${id}/run`, { mode: 'changes' });
    expect(manual).toMatchObject({
      status: 202,
      body: {
        kind: 'manual',
        status: 'queued',
        started_at: null,
        pages: 0,
        records: { seen: 0, events: 0 },
        error: null,
      },
    });
    expect(manual.headers['location']).toBe(`/v1/syncs/${id}/runs/${manual.body['id'] as string}`);
    expect((await get(`${id}/runs/${manual.body['id'] as string}`)).body).toEqual(manual.body);
    expect((await post(`${id}/run`, { mode: 'changes' })).body).toMatchObject({ id: manual.body['id'] });
    const from = '2026-01-02T03:04:05.000Z';
    expect(await post(`${id}/run`, { mode: 'changes', from })).toMatchObject({ body: { kind: 'backfill', from } });
    expect(await post(`${id}/run`, { mode: 'changes', from })).toMatchObject({
      body: { code: 'run_under_way', status: 409, run_status: expect.any(String) },
    });
    expect(await post(`${id}/run`, { mode: 'full' })).toMatchObject({
      status: 202,
      body: { kind: 'full', from: null },
    });
    expect(faultsOf(await post(`${id}/run`, { mode: 'full', from }))).toEqual(['/from not_allowed']);
    expect(faultsOf(await post(`${id}/run`, { mode: 'changes', allow_deletions: true }))).toEqual([
      '/allow_deletions not_allowed',
    ]);
    expect(faultsOf(await post(`${id}/run`, { mode: 'changes', from: '2999-01-01T00:00:00Z' }))).toEqual([
      '/from out_of_range',
    ]);
    expect((await post(`${id}/run`, { mode: 'some' })).status).toBe(400);
    const runs = (await get(`${id}/runs`)).body as unknown as { data: { kind: string }[]; next_cursor: string | null };
    expect(runs.data.map(({ kind }) => kind)).toEqual(['full', 'backfill', 'manual']);
    const page = (await get(`${id}/runs?limit=2`)).body as unknown as typeof runs;
    const rest = (await get(`${id}/runs?limit=2&cursor=${page.next_cursor}`)).body as unknown as typeof runs;
    expect([...page.data, ...rest.data]).toEqual(runs.data);
    expect((await get(`${id}/runs?kind=full&status=queued`)).body).toMatchObject({ data: [{ kind: 'full' }] });
    expect((await get(`${id}/runs?colour=red`)).status).toBe(400);
  });

  it('rings when a person lets its connection go on, and keeps no wait', async () => {
    await created();
    await database.asSuperuser((client) =>
      client.query(
        `update connection_pulls set resume_at = now() + interval '1 hour', resume_reason = 'rate_limited' where connection_id = $1`,
        [connectionUuid()],
      ),
    );
    expect((await api.call(key, 'POST', `/v1/connections/${connection}/pause`)).status).toBe(200);
    api.rung.length = 0;
    expect((await api.call(key, 'POST', `/v1/connections/${connection}/resume`)).status).toBe(200);
    expect(api.rung).toEqual([connectionUuid()]);
    const { rows } = await database.asSuperuser((client) =>
      client.query(`select resume_at from connection_pulls where connection_id = $1`, [connectionUuid()]),
    );
    expect(rows).toEqual([{ resume_at: null }]);
  });

  it('lists with filters and refuses unknown ones', async () => {
    const id = await created();
    const list = async (query: string): Promise<string[]> =>
      ((await api.call(key, 'GET', `/v1/syncs?${query}`)).body as unknown as { data: { id: string }[] }).data.map(
        (sync) => sync.id,
      );
    expect(await list(`connection_id=${connection}&object=Customer&status=active`)).toEqual([id]);
    expect(await list('status=failing')).toEqual([]);
    expect((await api.call(key, 'GET', '/v1/syncs?status=asleep')).status).toBe(400);
    expect((await api.call(key, 'GET', '/v1/syncs?color=red')).status).toBe(400);
    expect((await api.call(stranger, 'GET', '/v1/syncs')).body).toMatchObject({ data: [] });
  });

  it("deletes, and answers 404 for another tenant's sync and run", async () => {
    const id = await created();
    const run = (await post(`${id}/run`, { mode: 'changes' })).body['id'] as string;
    for (const [method, path, body] of [
      ['GET', id],
      ['PATCH', id, { name: 'mine' }],
      ['DELETE', id],
      ['POST', `${id}/pause`],
      ['POST', `${id}/resume`],
      ['POST', `${id}/run`, { mode: 'full' }],
      ['GET', `${id}/runs`],
      ['GET', `${id}/runs/${run}`],
    ] as [string, string, object?][]) {
      expect((await api.call(stranger, method, `/v1/syncs/${path}`, body)).status).toBe(404);
    }
    expect((await api.call(key, 'DELETE', `/v1/syncs/${id}`)).status).toBe(204);
    expect((await get(id)).status).toBe(404);
    expect((await get(`${id}/runs/${run}`)).status).toBe(404);
  });
});
