import { err, newUuid, type ObjectStore } from '@hub/platform';
import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { insertRestore } from '../restore/restore.repository';
import {
  before,
  daysAgo,
  emptyArchive,
  hasDay,
  makeDay,
  stageArchive,
  wrap,
  type ArchiveStage,
} from '../testing/archive-stage';

const OLD = daysAgo(9);
const HOT = daysAgo(5);
const PAYLOAD = '{"text":"é漢😀 \\" \\u0000 \\n", "n": 12345678901234567890, "b":1e2}';

describe('a turn of the archive', () => {
  let database: TestDatabase;
  let stage: ArchiveStage;
  const sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    database.asSuperuser(async (client) => (await client.query(text, values)).rows as Row[]);
  const objectCount = async (tenantId = stage.tenantId): Promise<number> =>
    (await sql(`select 1 from archive_objects where tenant_id = $1`, [tenantId])).length;

  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    stage = await stageArchive(database);
    await makeDay(database, OLD);
    await makeDay(database, HOT);
  });
  afterEach(async () => {
    await stage.close();
    await emptyArchive(database);
  });
  afterAll(() => database?.close());

  it('takes days that are old enough out of the database, and finds what was in them byte for byte', async () => {
    const [old, hot] = [await stage.plant(OLD, { payload: PAYLOAD }), await stage.plant(HOT)];
    const were = await stage.rows();
    expect(await stage.run().turn()).toBe(true);
    expect(await hasDay(database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([hot.id]);
    const found = await stage.reader.readEvent(stage.tenantId, old.id);
    expect(found).toEqual({
      ok: true,
      value: {
        event: were.events.find((row) => row['id'] === old.id),
        deliveries: were.deliveries.filter((row) => row['tracking_id'] === old.id),
        attempts: were.attempts.filter((row) => row['delivery_id'] === old.deliveryId),
      },
    });
    expect(found.ok && found.value?.event['payload']).toBe(PAYLOAD);
    expect(await stage.reader.readEvent(stage.tenantId, hot.id)).toEqual({ ok: true, value: null });
    const [state] = await sql(`select error_code, failing_since, waiting_day from archive_state`);
    expect(state).toEqual({ error_code: null, failing_since: null, waiting_day: null });
  });

  it('finds an event by its own id with and without its idempotency key, and by its delivery', async () => {
    const planted = await stage.plant(OLD, { eventId: 'é "quoted" \\' });
    await stage.plant(OLD);
    await stage.run().turn();
    const found = await stage.reader.findByEventId(stage.tenantId, 'é "quoted" \\');
    expect(found.ok && found.value?.id).toBe(planted.id);
    expect(await stage.reader.findByEventId(stage.tenantId, 'never seen')).toEqual({ ok: true, value: null });
    expect(await stage.reader.eventOfDelivery(stage.tenantId, planted.deliveryId)).toEqual({
      ok: true,
      value: planted.id,
    });
  });

  it('keeps apart what tenants have: neither reads the other’s, nor what is moved into its place', async () => {
    const other = await stageArchive(database);
    const planted = await stage.plant(OLD);
    await other.plant(OLD);
    await stage.run().turn();
    expect(await other.reader.findEvent(other.tenantId, planted.id)).toEqual({ ok: true, value: null });
    // Even with the manifest's row copied over: the key is another's.
    await sql(
      `insert into archive_objects select (jsonb_populate_record(o, jsonb_build_object('tenant_id', $2::text))).* from archive_objects o where tenant_id = $1 and kind = 'events'`,
      [stage.tenantId, other.tenantId],
    );
    const stolen = await other.reader.findEvent(other.tenantId, planted.id);
    expect(stolen.ok ? stolen.value : stolen.error.code).toBeNull();
    await other.close();
  });

  it.each([
    ['open', 'retrying', undefined],
    ['held', 'held', undefined],
    ['dead for less than its days', 'dead', new Date(Date.now() - 86_400_000).toISOString()],
  ])('keeps all rows of an event at hand whose delivery is %s', async (_name, status, settledAt) => {
    const stays = await stage.plant(OLD, { status, settledAt });
    const longDead = new Date(Date.now() - 15 * 86_400_000).toISOString();
    const gone = [await stage.plant(OLD, { status: 'dead', settledAt: longDead }), await stage.plant(OLD)];
    const were = await stage.rows();
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(false);
    const left = await stage.rows();
    expect(left).toEqual({
      events: were.events.filter((row) => row['id'] === stays.id),
      deliveries: were.deliveries.filter((row) => row['tracking_id'] === stays.id),
      attempts: were.attempts.filter((row) => row['delivery_id'] === stays.deliveryId),
      hub_events: were.hub_events.filter((row) => row['tracking_id'] === stays.id),
    });
    for (const { id } of gone)
      expect(await stage.reader.findEvent(stage.tenantId, id)).toMatchObject({ value: { id } });

    // It closes, and follows.
    await sql(`update deliveries set status = 'succeeded', settled_at = now() where id = $1`, [stays.deliveryId]);
    await sql(`update events set status = 'succeeded', deliveries_open = 0 where id = $1`, [stays.id]);
    await stage.run().turn();
    expect(await stage.rows()).toEqual({ events: [], deliveries: [], attempts: [], hub_events: [] });
    const found = await stage.reader.readEvent(stage.tenantId, stays.id);
    expect(found.ok && found.value?.deliveries.map((row) => row['status'])).toEqual(['succeeded']);
    expect(found.ok && found.value?.attempts).toHaveLength(1);
  });

  it('leaves everything where it is while a replay gathers, and what a replay has yet to take up', async () => {
    const { id, deliveryId } = await stage.plant(OLD);
    const replay = newUuid();
    await sql(
      `insert into replays (tenant_id, id, action, status, selection, mapping, include_succeeded, include_superseded, dry_run, reason, requested_by)
       values ($1, $2, 'replay', 'running', '{}', 'original', true, false, false, 'test', '{}')`,
      [stage.tenantId, replay],
    );
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(true);
    expect(await sql(`select waiting_day::text as day, waiting_reason as reason from archive_state`)).toEqual([
      { day: OLD, reason: 'replay' },
    ]);
    await sql(`update replays set phase = 'working' where id = $1`, [replay]);
    await sql(
      `insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id)
       select tenant_id, $1, id, seq, tracking_id, connection_id, route_id from deliveries where id = $2`,
      [replay, deliveryId],
    );
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([id]);
    await sql(`delete from replay_items; delete from replays`);
  });

  it('keeps in sight what is taken up again while its day leaves, however late', async () => {
    const planted = await stage.plant(OLD, { status: 'dead', settledAt: new Date(0).toISOString() });
    await stage.plant(OLD);
    const seen: unknown[] = [];
    const inSight = async (): Promise<unknown[]> =>
      sql(
        `select d.status, e.status as event, e.deliveries_open as open from deliveries d
         join events e on e.tenant_id = d.tenant_id and e.id = d.tracking_id where d.id = $1`,
        [planted.deliveryId],
      );
    const opens = before(database.dispatcher, 'retire_day', async (kind) => {
      // As a retry does: what stays of this table was listed a moment ago.
      if (kind === 'deliveries')
        await sql(
          `with taken as (update deliveries set status = 'pending', settled_at = null where id = $1 returning tracking_id)
           update events set status = 'open', deliveries_open = 1 where id = (select tracking_id from taken)`,
          [planted.deliveryId],
        );
    });
    // Before the comparison with the archive puts back what has changed: it was never away.
    const dispatcher = before(opens, 'drop_retired_day', async (kind) => {
      if (kind === 'deliveries' || kind === 'events') seen.push(...(await inSight()));
    });
    await stage.run({ dispatcher }).turn();
    seen.push(...(await inSight()));
    const open = { status: 'pending', event: 'open', open: 1 };
    expect(seen).toEqual([open, open, open]);
    expect(await hasDay(database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([planted.id]);
  });

  it('keeps an event that is opened in the last moment before its table leaves', async () => {
    const { id } = await stage.plant(OLD);
    let atRest: unknown[] = [];
    const open = before(database.dispatcher, 'retire_day', async (kind) => {
      if (kind === 'events') await sql(`update events set status = 'open', deliveries_open = 1 where id = $1`, [id]);
    });
    const dispatcher = before(open, 'drop_retired_day', async (kind) => {
      if (kind === 'events') atRest = await sql(`select id from events where id = $1`, [id]);
    });
    await stage.run({ dispatcher }).turn();
    // Not put back by the comparison with the archive: it was never away.
    expect(atRest).toEqual([{ id }]);
  });

  it('looks before each table leaves whether a replay has chosen of it meanwhile', async () => {
    const { id, deliveryId } = await stage.plant(OLD);
    const dispatcher = before(database.dispatcher, 'retire_day', async (kind) => {
      if (kind !== 'attempts') return;
      await sql(
        `with made as (
           insert into replays (tenant_id, id, action, status, phase, selection, mapping, include_succeeded, include_superseded, dry_run, reason, requested_by)
           values ($1, uuid_v7(), 'replay', 'running', 'working', '{}', 'original', true, false, false, 'test', '{}') returning id)
         insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id)
         select d.tenant_id, m.id, d.id, d.seq, d.tracking_id, d.connection_id, d.route_id from deliveries d, made m where d.id = $2`,
        [stage.tenantId, deliveryId],
      );
    });
    await stage.run({ dispatcher }).turn();
    const left = await stage.rows();
    expect(left.events.map((row) => row['id'])).toEqual([id]);
    expect(left.deliveries.map((row) => row['id'])).toEqual([deliveryId]);
    await sql(`delete from replay_items; delete from replays`);
  });

  it('leaves the day where it is while the store does not answer, says so, and goes on when it does', async () => {
    await stage.plant(OLD);
    const were = await stage.rows();
    const failures: string[] = [];
    const down: ObjectStore = {
      ...wrap(stage.store),
      put: async () => err({ code: 'unreachable', message: 'as the test wants' }),
    };
    const observer = { failed: (error: { code: string }) => void failures.push(error.code) };
    await stage.run({ store: down, observer }).turn();
    await stage.run({ store: down, observer }).turn();
    expect(failures).toEqual(['store_unreachable', 'store_unreachable']);
    expect(await stage.rows()).toEqual(were);
    expect(
      await sql(
        `select error_code, failing_since < now() as failing, waiting_day::text, waiting_reason from archive_state`,
      ),
    ).toEqual([{ error_code: 'store_unreachable', failing: true, waiting_day: OLD, waiting_reason: 'store' }]);
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(false);
    expect(await sql(`select error_code, failing_since from archive_state`)).toEqual([
      { error_code: null, failing_since: null },
    ]);
  });

  it('drops nothing on the word of a store that answers with other bytes', async () => {
    await stage.plant(OLD);
    const liar: ObjectStore = {
      ...wrap(stage.store),
      get: async (key) => {
        const got = await stage.store.get(key);
        if (got.ok) got.value[got.value.length - 1] = (got.value[got.value.length - 1] ?? 0) ^ 1;
        return got;
      },
    };
    await stage.run({ store: liar }).turn();
    expect(await hasDay(database, OLD)).toBe(true);
    expect(await objectCount()).toBe(0);
    expect(await sql(`select error_code from archive_state`)).toEqual([{ error_code: 'not_as_written' }]);
    // What lies under the right name with wrong bytes is mended.
    const page = await stage.store.list('archive/');
    const key = page.ok ? page.value.objects[0]?.key : undefined;
    await stage.store.put(key ?? '', Buffer.from('broken'));
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(false);
  });

  it('brings back what changed, or came, between its copy and its leaving; and archives that anew', async () => {
    const [changed, same] = [await stage.plant(OLD), await stage.plant(OLD)];
    let late: { id: string } | null = null;
    const observer = {
      retired: (kind: string) => void kind,
      archived: () => undefined,
    };
    const meddling: ObjectStore = {
      ...wrap(stage.store),
      // After the object was read back, before the manifest is written: the copy is old by then.
      get: async (key) => {
        const got = await stage.store.get(key);
        if (key.includes('/events/') && late === null) {
          late = await stage.plant(OLD);
          await sql(`update events set deliveries_succeeded = 7 where id = $1`, [changed.id]);
        }
        return got;
      },
    };
    const moved: number[] = [];
    await stage
      .run({ store: meddling, observer: { ...observer, dropped: (_kind, _day, rows) => void moved.push(rows) } })
      .turn();
    expect(await hasDay(database, OLD)).toBe(false);
    expect(moved.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThan(0);
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
    for (const { id } of [changed, same, late ?? same])
      expect(await stage.reader.findEvent(stage.tenantId, id)).toMatchObject({ value: { id } });
    const found = await stage.reader.findEvent(stage.tenantId, changed.id);
    expect(found.ok && found.value?.['deliveries_succeeded']).toBe(7);
  });

  it('keeps what has changed and not the copy, where a restore brings one back beside a day that is half away', async () => {
    const [changed, same] = [await stage.plant(OLD), await stage.plant(OLD)];
    const dies = before(database.dispatcher, 'drop_retired_day', async (kind) => {
      if (kind === 'events') throw new Error('as the test wants');
    });
    await expect(stage.run({ dispatcher: dies }).turn()).rejects.toThrow('as the test wants');
    await sql(`update hub_retired.events_${OLD.replaceAll('-', '')} set deliveries_succeeded = 7 where id = $1`, [
      changed.id,
    ]);
    await stage.tenants.run(stage.tenantId, (tx) =>
      insertRestore(tx, {
        selection: { trackingIds: [changed.id, same.id] },
        reason: 'test',
        keepDays: 7,
        requestedBy: { type: 'api_key', id: 'key_test' },
      }),
    );
    expect(await stage.restorer().runDue()).toBe(1);
    await stage.run().turn();
    const rows = (await stage.rows()).events.map((row) => [row['id'], row['deliveries_succeeded']]);
    expect(new Map(rows as [string, number][])).toEqual(
      new Map([
        [changed.id, 7],
        [same.id, 0],
      ]),
    );
    expect(await sql(`select relname from pg_class where relnamespace = 'hub_retired'::regnamespace`)).toEqual([]);
    expect(await sql(`select error_code from archive_state`)).toEqual([{ error_code: null }]);
  });

  it('goes on with the others when one tenant’s key cannot be opened, and the day waits', async () => {
    const broken = await stageArchive(database);
    await broken.plant(OLD);
    await broken.run().turn();
    // Its key is sealed by a master key that this keyring lacks.
    await sql(
      `update tenant_data_keys set wrapped_key = replace(wrapped_key, 'dk1.k1.', 'dk1.lost.') where tenant_id = $1`,
      [broken.tenantId],
    );
    const day = daysAgo(10);
    await makeDay(database, day);
    await broken.plant(day);
    await stage.plant(day);
    await stage.run().turn();
    expect(await hasDay(database, day)).toBe(true);
    expect(await objectCount()).toBe(4);
    expect(await sql(`select waiting_reason from archive_state`)).toEqual([{ waiting_reason: 'key_unavailable' }]);
    await sql(`update tenant_data_keys set wrapped_key = replace(wrapped_key, 'dk1.lost.', 'dk1.k1.')`);
    await broken.close();
  });

  it('archives rows of the default partition too, and makes their days good when they are still to come', async () => {
    const orphan = await stage.plant(daysAgo(20));
    const hot = await stage.plant(daysAgo(6));
    const early = await stage.plant(daysAgo(-12));
    await stage.run().turn();
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([hot.id, early.id]);
    const found = await stage.reader.readEvent(stage.tenantId, orphan.id);
    expect(found.ok && found.value?.attempts).toHaveLength(1);
    await database.dispatcher.query(`select ensure_day_partitions(13)`);
    const [row] = await sql<{ place: string }>(`select tableoid::regclass::text as place from events where id = $1`, [
      early.id,
    ]);
    expect(row?.place).toBe(`events_${daysAgo(-12).replaceAll('-', '')}`);
  });

  it('archives of the default partition what others have, when one tenant’s key cannot be opened', async () => {
    await stage.plant(OLD);
    await stage.run().turn();
    // Its key is sealed by a master key that this one's keyring lacks.
    const other = await stageArchive(database);
    await stage.plant(daysAgo(20));
    await other.plant(daysAgo(20));
    const failures: unknown[] = [];
    const observer = {
      failed: (error: { code: string }, tenantId: string | null) => void failures.push([error.code, tenantId]),
    };
    await other.run({ observer }).turn();
    expect(failures).toEqual([['key_unavailable', stage.tenantId]]);
    expect((await other.rows()).events).toEqual([]);
    expect((await stage.rows()).events).toHaveLength(1);
    await other.close();
  });

  it('keeps a day as long as the tenant with the longest wish has it, within the operator’s bounds', async () => {
    await stage.plant(OLD);
    const other = await stageArchive(database);
    await other.plant(OLD);
    await sql(`insert into retention_settings (tenant_id, hot_days) values ($1, 20)`, [other.tenantId]);
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(true);
    await sql(`insert into retention_bounds (tenant_id, most_hot_days) values ($1, 8)`, [other.tenantId]);
    await stage.run().turn();
    expect(await hasDay(database, OLD)).toBe(false);
    await other.close();
  });

  it('takes internal rows along, and shows them to nobody', async () => {
    const hidden = await stage.plant(OLD, { internal: true });
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
    expect(await stage.reader.findEvent(stage.tenantId, hidden.id)).toEqual({ ok: true, value: null });
    expect(await objectCount()).toBe(4);
  });

  it.each(['app', 'accept', 'operator'] as const)(
    'lets nobody but the dispatcher take rows away: not %s',
    async (role) => {
      for (const call of [`retire_day('events', '2026-01-01', 1)`, `drop_retired_day('events', '2026-01-01')`])
        await expect(database[role].query(`select ${call}`)).rejects.toMatchObject({ code: '42501' });
    },
  );

  it('takes away no day that is not in the archive, whoever asks', async () => {
    await stage.plant(OLD);
    await expect(database.dispatcher.query(`select retire_day('events', $1, 10)`, [OLD])).rejects.toMatchObject({
      code: '55000',
    });
    await expect(database.dispatcher.query(`select retire_day('events', $1, 10)`, [daysAgo(0)])).rejects.toMatchObject({
      code: '22023',
    });
    expect((await stage.rows()).events).toHaveLength(1);
  });
});
