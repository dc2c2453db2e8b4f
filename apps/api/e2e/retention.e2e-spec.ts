import { newUuid, toPublicId } from '@hub/platform';
import { type TestDatabase } from '@hub/testing';
import { stageApi } from '../src/fixtures/stage-api';
import { startInProcessApi, type InProcessApi } from './in-process-api';

interface Retention {
  readonly hot_days: number | null;
  readonly legal_hold: boolean;
  readonly legal_hold_reason: string | null;
  readonly legal_hold_since: string | null;
  readonly effective: Record<string, unknown>;
  readonly bounds: Record<string, unknown>;
  readonly code?: string;
  readonly errors?: { pointer: string; code: string }[];
}

const NOTHING = { hot_days: null, archive_days: null, dead_letter_days: null, legal_hold: false };
const NO_BOUNDS = {
  most_hot_days: null,
  least_archive_days: null,
  most_archive_days: null,
  most_dead_letter_days: null,
  legal_hold: false,
};

describe('retention over HTTP', () => {
  let database: TestDatabase;
  let api: InProcessApi;
  let operator: string;
  let tenant: { id: string; key: string };
  stageApi(
    (created) => startInProcessApi(created, { HUB_DB_QUEUE_URL: created.urls.queue, HUB_HOT_DAYS: '8' }),
    async (...made) => {
      [api, database] = made;
      operator = await api.newOperatorKey();
    },
  );
  beforeEach(async () => {
    tenant = await api.newTenant();
  });

  const call = async (
    key: string | null,
    method: 'GET' | 'PUT' | 'POST',
    url: string,
    payload?: object,
  ): Promise<{ status: number; body: Retention }> => {
    const answer = await api.send(key, method, url, payload === undefined ? {} : { payload });
    return { status: answer.statusCode, body: answer.json() };
  };
  const put = (body: object): Promise<{ status: number; body: Retention }> =>
    call(tenant.key, 'PUT', '/v1/retention', body);
  const bound = (body: object): Promise<{ status: number; body: Retention }> =>
    call(operator, 'PUT', `/admin/v1/tenants/${toPublicId('tenant', tenant.id)}/retention`, { ...NO_BOUNDS, ...body });
  const audited = async (tenantId = tenant.id): Promise<string[]> => {
    const { rows } = (await database.asSuperuser((client) =>
      client.query(
        `select action, record ->> 'reason' as reason from audit_records where tenant_id = $1 order by seq`,
        [tenantId],
      ),
    )) as { rows: { action: string; reason: string | null }[] };
    return rows.map(({ action, reason }) => (reason === null ? action : `${action}: ${reason}`));
  };

  const changed = async (): Promise<{ before: Retention; after: Retention }[]> => {
    const { rows } = await database.asSuperuser((client) =>
      client.query<{ record: { before: Retention; after: Retention } }>(
        `select record from audit_records where tenant_id = $1 and action = 'retention.updated' order by seq`,
        [tenant.id],
      ),
    );
    return rows.map(({ record }) => record);
  };

  it('shows what holds, and takes other figures within the bounds', async () => {
    expect((await call(tenant.key, 'GET', '/v1/retention')).body).toEqual({
      ...NOTHING,
      legal_hold_reason: null,
      legal_hold_since: null,
      effective: { hot_days: 8, archive_days: 400, dead_letter_days: 14, legal_hold: false },
      bounds: {
        hot_days: { least: 7, most: 30 },
        archive_days: { least: 30, most: 3_650 },
        dead_letter_days: { least: 1, most: 90 },
      },
      updated_at: null,
    });
    const set = await put({ ...NOTHING, hot_days: 20, archive_days: 100 });
    expect(set).toMatchObject({
      status: 200,
      body: { hot_days: 20, effective: { hot_days: 20, archive_days: 100, dead_letter_days: 14 } },
    });
    const outside = await put({ ...NOTHING, hot_days: 31, archive_days: 29 });
    expect(outside).toMatchObject({ status: 422, body: { code: 'outside_bounds' } });
    expect(outside.body.errors?.map(({ pointer }) => pointer)).toEqual(['/hot_days', '/archive_days']);
    const early = await put({ ...NOTHING, archive_days: 30, dead_letter_days: 30 });
    expect(early).toMatchObject({ status: 422, body: { code: 'dead_letters_outlive_archive' } });
    expect(early.body.errors?.map(({ pointer }) => pointer)).toEqual(['/archive_days', '/dead_letter_days']);
    const bounds = { hot_days: 30, archive_days: 3_650, dead_letter_days: 90 };
    expect(await put({ ...NOTHING, ...bounds })).toMatchObject({ status: 200, body: bounds });
    expect((await put({ ...NOTHING, hot_days: 7, archive_days: 30, dead_letter_days: 1 })).status).toBe(200);
    expect((await put({ hot_days: 20 })).status).toBe(400);
    expect((await put({ ...NOTHING, tenant: 'x' })).status).toBe(400);
    expect((await put({ ...NOTHING, hot_days: 6 })).status).toBe(400);
    expect(await audited()).toEqual(Array(3).fill('retention.updated'));
    const changes = await changed();
    expect(changes.map(({ before, after }) => [before.hot_days, after.hot_days])).toEqual([
      [null, 20],
      [20, 30],
      [30, 7],
    ]);
  });

  it('sets a hold with a reason, keeps it through other changes, and takes it back with a reason', async () => {
    expect(await put({ ...NOTHING, legal_hold: true })).toMatchObject({ status: 422, body: { code: 'reason_needed' } });
    const set = await put({ ...NOTHING, legal_hold: true, reason: 'case 1' });
    expect(set.body).toMatchObject({ legal_hold: true, legal_hold_reason: 'case 1', effective: { legal_hold: true } });
    const kept = await put({ ...NOTHING, archive_days: 90, legal_hold: true });
    expect(kept.body).toMatchObject({ legal_hold_reason: 'case 1', legal_hold_since: set.body.legal_hold_since });
    expect((await put(NOTHING)).status).toBe(422);
    expect((await put({ ...NOTHING, reason: 'closed' })).body).toMatchObject({
      legal_hold: false,
      legal_hold_reason: null,
      legal_hold_since: null,
    });
    expect(await audited()).toEqual([
      'retention.legal_hold_set: case 1',
      'retention.updated',
      'retention.legal_hold_cleared: closed',
    ]);
  });

  it('is bounded and held by operators, whom the tenant cannot overrule', async () => {
    await put({ ...NOTHING, hot_days: 20 });
    const set = await bound({ most_hot_days: 10, most_archive_days: 90, legal_hold: true, reason: 'case 2' });
    expect(set).toMatchObject({
      status: 200,
      body: {
        legal_hold: true,
        effective: { hot_days: { least: 7, most: 10 }, archive_days: { least: 30, most: 90 } },
      },
    });
    expect((await call(tenant.key, 'GET', '/v1/retention')).body).toMatchObject({
      hot_days: 20,
      legal_hold: false,
      effective: { hot_days: 10, archive_days: 90, legal_hold: true },
    });
    expect((await put({ ...NOTHING, hot_days: 11 })).status).toBe(422);
    expect((await put(NOTHING)).body.effective).toMatchObject({ legal_hold: true });
    expect(await bound({ least_archive_days: 100, most_archive_days: 90 })).toMatchObject({
      status: 422,
      body: { code: 'reason_needed' },
    });
    expect(await bound({ least_archive_days: 100, most_archive_days: 90, reason: 'x' })).toMatchObject({
      status: 422,
      body: { code: 'above_most' },
    });
    expect(await bound({ least_archive_days: 3_651, legal_hold: true })).toMatchObject({
      status: 422,
      body: { code: 'above_most' },
    });
    const kept = await bound({ legal_hold: true, most_hot_days: 12 });
    expect(kept.body).toMatchObject({
      legal_hold_reason: 'case 2',
      legal_hold_since: set.body.legal_hold_since,
    });
    expect((await bound({ reason: 'over' })).body).toMatchObject({ legal_hold: false, legal_hold_since: null });
    expect((await put(NOTHING)).body.effective).toMatchObject({ legal_hold: false });
    const nobody = `/admin/v1/tenants/${toPublicId('tenant', newUuid())}/retention`;
    expect((await call(operator, 'PUT', nobody, NO_BOUNDS)).status).toBe(404);
    expect((await call(operator, 'GET', nobody)).status).toBe(404);
    expect(await audited()).toEqual([
      'retention.updated',
      'retention.legal_hold_set: case 2',
      'retention.updated',
      'retention.updated',
      'retention.legal_hold_cleared: over',
      'retention.updated',
    ]);
    expect(await audited('00000000-0000-0000-0000-000000000000')).toContain('retention.legal_hold_set: case 2');
  });

  it('needs a key with the scope', async () => {
    expect((await call(null, 'GET', '/v1/retention')).status).toBe(401);
    const reader = await api.newKey(tenant.id, ['config:read']);
    expect((await call(reader, 'PUT', '/v1/retention', NOTHING)).status).toBe(403);
    expect((await call(reader, 'GET', '/v1/archive/objects')).status).toBe(403);
  });

  it('refuses restores that name nothing, too much, or what nobody knows', async () => {
    const start = (body: object): Promise<{ status: number; body: Retention }> =>
      call(tenant.key, 'POST', '/v1/archive/restores', { reason: 'test', ...body });
    const from = '2026-10-01T00:00:00Z';
    for (const body of [
      {},
      { from },
      { from, to: from },
      { filter: { type: 'x' } },
      { event_ids: ['a'], from, to: '2026-10-02T00:00:00Z' },
      { event_ids: ['a'], keep_days: 31 },
      { event_ids: ['a'], reason: '' },
      { event_ids: ['a'], who: 'me' },
    ])
      expect((await start(body)).status).toBe(400);
    expect(await start({ event_ids: ['never-seen'] })).toMatchObject({ status: 422, body: { code: 'unknown_event' } });
    expect(await start({ event_ids: [toPublicId('event', newUuid())] })).toMatchObject({
      status: 422,
      body: { code: 'unknown_event', errors: [{ pointer: '/event_ids/0' }] },
    });
    const many = Array.from({ length: 21 }, (_unused, index) => `never-${index}`);
    expect(await start({ event_ids: many })).toMatchObject({ status: 422, body: { code: 'too_many_old_event_ids' } });
    const queued = await api.send(tenant.key, 'POST', '/v1/archive/restores', {
      payload: { from, to: '2026-10-02T00:00:00Z', filter: { type: 'x.y' }, reason: 'test' },
    });
    expect(queued.statusCode).toBe(202);
    const restore = queued.json<{ id: string; links: { self: string } }>();
    expect(restore).toMatchObject({
      status: 'queued',
      progress: 0,
      filter: { type: 'x.y' },
      keep_days: 7,
      named: null,
    });
    expect(queued.headers['location']).toBe(restore.links.self);
    const cancel = `${restore.links.self}/cancel`;
    expect(await call(tenant.key, 'POST', cancel)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await call(tenant.key, 'POST', cancel)).toMatchObject({ status: 409, body: { code: 'restore_ended' } });
    expect(await audited()).toEqual(['archive.restore_started: test', 'archive.restore_cancelled']);
  });
});
