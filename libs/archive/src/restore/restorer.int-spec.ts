import { DatabaseUnavailableError } from '@hub/database';
import { err, type ObjectStore } from '@hub/platform';
import { before as beforeCall, daysAgo, wrap, type ArchiveStage, type PlantedEvent } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';
import { cancelRestore, findRestore, insertRestore } from './restore.repository';
import { type RestoreRow, type RestoreSelection } from './restore.types';

const OLD = daysAgo(9);
const REQUESTED_BY = { type: 'api_key', id: 'key_test' };

describe('restoring', () => {
  let stage: ArchiveStage;
  let planted: PlantedEvent[];
  const ask = (selection: RestoreSelection, keepDays = 7): Promise<RestoreRow> =>
    stage.tenants.run(stage.tenantId, (tx) =>
      insertRestore(tx, { selection, reason: 'test', keepDays, requestedBy: REQUESTED_BY }),
    );
  const state = (id: string): Promise<RestoreRow | null> =>
    stage.tenants.run(stage.tenantId, (tx) => findRestore(tx, id));
  const archive = stageDays([OLD], async (made) => {
    stage = made;
    planted = [
      await stage.plant(OLD, { payload: '{"n": 1.0, "big": 12345678901234567890}' }),
      await stage.plant(OLD, { type: 'order.created', status: 'dead', settledAt: '2026-01-01T00:00:00Z' }),
      await stage.plant(OLD),
      await stage.plant(OLD, { internal: true }),
    ];
  });
  const { sql } = archive;

  it('brings events back as they were, with all that belongs to them, and says what is missing', async () => {
    const before = await stage.rows();
    await stage.run().turn();
    const [first, second] = planted as [PlantedEvent, PlantedEvent];
    const { id } = await ask({ trackingIds: [first.id, second.id, daysAgoId()] });
    expect(await stage.restorer().runDue()).toBe(1);
    const ids = new Set([first.id, second.id]);
    const deliveries = new Set([first.deliveryId, second.deliveryId]);
    expect(await stage.rows()).toEqual({
      events: before.events.filter((row) => ids.has(String(row['id']))),
      deliveries: before.deliveries.filter((row) => ids.has(String(row['tracking_id']))),
      attempts: before.attempts.filter((row) => deliveries.has(String(row['delivery_id']))),
      hub_events: before.hub_events.filter((row) => ids.has(String(row['tracking_id']))),
    });
    expect(await state(id)).toMatchObject({
      status: 'completed',
      matched: 2,
      restored: 2,
      already_there: 0,
      missing: 1,
      objects_done: 1,
      objects_total: 1,
    });
    const again = await ask({ trackingIds: [first.id] });
    await stage.restorer().runDue();
    expect(await state(again.id)).toMatchObject({ status: 'completed', restored: 0, already_there: 1, missing: 0 });
  });

  it('brings back what has left already of an event whose day is half away', async () => {
    const before = await stage.rows();
    const [first] = planted as [PlantedEvent];
    const dispatcher = beforeCall(archive.database.dispatcher, 'retire_day', async (kind) => {
      if (kind !== 'events') return;
      const { id } = await ask({ trackingIds: [first.id] });
      await stage.restorer().runDue();
      expect(await state(id)).toMatchObject({ status: 'completed', restored: 0, already_there: 1, missing: 0 });
    });
    await stage.run({ dispatcher }).turn();
    expect(await stage.rows()).toEqual({
      events: before.events.filter((row) => row['id'] === first.id),
      deliveries: before.deliveries.filter((row) => row['tracking_id'] === first.id),
      attempts: before.attempts.filter((row) => row['delivery_id'] === first.deliveryId),
      hub_events: before.hub_events.filter((row) => row['tracking_id'] === first.id),
    });
  });

  it('brings back what fits in a time, and nothing that the hub keeps for itself', async () => {
    await stage.run().turn();
    const [from, to] = [`${OLD}T00:00:00Z`, `${daysAgo(8)}T00:00:00Z`];
    await ask({ from, to, type: 'order.created', status: 'failed' });
    await stage.restorer().runDue();
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([planted[1]?.id]);
    await ask({ from, to });
    await ask({ from: to, to: `${daysAgo(7)}T00:00:00Z` });
    await stage.restorer().runDue();
    expect((await stage.rows()).events).toHaveLength(3);
  });

  it('keeps what it brought back for its days, and then it leaves again, as it is by then', async () => {
    await stage.run().turn();
    const [first] = planted as [PlantedEvent];
    await ask({ trackingIds: [first.id] });
    await stage.restorer().runDue();
    await stage.run().turn();
    expect((await stage.rows()).events).toHaveLength(1);
    await sql(`update deliveries set status = 'dead', settled_at = '2026-01-01' where id = $1`, [first.deliveryId]);
    await sql(`update archive_kept set until = now() - interval '1 second' where reason = 'restored'`);
    await stage.run().turn();
    expect(await stage.rows()).toEqual({ events: [], deliveries: [], attempts: [], hub_events: [] });
    const found = await stage.reader.readEvent(stage.tenantId, first.id);
    expect(found.ok && found.value?.deliveries.map((row) => row['status'])).toEqual(['dead']);
    await ask({ trackingIds: [first.id] });
    await stage.restorer().runDue();
    expect((await stage.rows()).deliveries.map((row) => row['status'])).toEqual(['dead']);
  });

  it('goes by what an event has become, not by an older self of it, wherever it goes on', async () => {
    await stage.run().turn();
    const [, failed] = planted as [PlantedEvent, PlantedEvent];
    await ask({ trackingIds: [failed.id] });
    await stage.restorer().runDue();
    await sql(`update events set status = 'succeeded', deliveries_succeeded = 1 where id = $1`, [failed.id]);
    await sql(`update deliveries set status = 'succeeded' where id = $1`, [failed.deliveryId]);
    await sql(`update archive_kept set until = now() - interval '1 second' where reason = 'restored'`);
    await stage.run().turn();
    const time = { from: `${OLD}T00:00:00Z`, to: `${daysAgo(8)}T00:00:00Z` };
    const whole = await ask({ ...time, status: 'failed' });
    const resumed = await ask({ ...time, status: 'failed' });
    await sql(
      `update archive_restores set done_day = o.day, done_object = o.id from archive_objects o
       where archive_restores.id = $1 and o.tenant_id = archive_restores.tenant_id and o.kind = 'events' and o.source = 'loose'`,
      [resumed.id],
    );
    await stage.restorer().runDue();
    expect(await state(whole.id)).toMatchObject({ status: 'completed', matched: 0, objects_done: 2 });
    expect(await state(resumed.id)).toMatchObject({ status: 'completed', matched: 0, objects_done: 1 });
    expect((await stage.rows()).events).toEqual([]);
    const { id } = await ask(time);
    await stage.restorer().runDue();
    expect(await state(id)).toMatchObject({ matched: 3, restored: 3, already_there: 0 });
    const restored = (await stage.rows()).events.find((row) => row['id'] === failed.id);
    expect(restored).toMatchObject({ status: 'succeeded' });
  });

  it('counts each failure of the hub itself, tells of it, and goes on with the others', async () => {
    await stage.run().turn();
    const [broken, fine] = [await ask({ trackingIds: [planted[0]?.id ?? ''] }), await ask({ trackingIds: [] })];
    const another = await ask({ trackingIds: [planted[1]?.id ?? ''] });
    let reads = 0;
    const dies = storeWhere(() => Promise.reject(new Error(`as the test wants, ${++reads}`)));
    const told: [unknown, string][] = [];
    const restorer = stage.restorer(dies, { restoreFailed: (error, tenantId) => void told.push([error, tenantId]) });
    expect(await restorer.runDue()).toBe(3);
    expect(told).toEqual([1, 2].map((n) => [new Error(`as the test wants, ${n}`), stage.tenantId]));
    expect(await state(another.id)).toMatchObject({ status: 'running', failures: 1, error_code: 'unexpected' });
    expect(await state(broken.id)).toMatchObject({ status: 'running', failures: 1, error_code: 'unexpected' });
    expect(await state(fine.id)).toMatchObject({ status: 'completed' });
    expect(await stage.restorer().runDue()).toBe(0);
    await sql(`update archive_restores set next_at = now()`);
    expect(await stage.restorer().runDue()).toBe(2);
    expect(await state(broken.id)).toMatchObject({ status: 'completed', failures: 0, error_code: null });
  });

  it('counts no outage of the database, and goes on once its lease has run out', async () => {
    await stage.run().turn();
    const { id } = await ask({ trackingIds: [planted[0]?.id ?? ''] });
    const outage = new DatabaseUnavailableError('as the test wants');
    const restoreFailed = jest.fn();
    const restorer = stage.restorer(
      storeWhere(() => Promise.reject(outage)),
      { restoreFailed },
    );
    await expect(restorer.runDue()).rejects.toBe(outage);
    expect(restoreFailed).not.toHaveBeenCalled();
    expect(await state(id)).toMatchObject({ status: 'running', failures: 0, error_code: null });
    expect(await stage.restorer().runDue()).toBe(0);
    await sql(`update archive_restores set lease_until = now() - interval '1 second' where id = $1`, [id]);
    expect(await stage.restorer().runDue()).toBe(1);
    expect(await state(id)).toMatchObject({ status: 'completed', restored: 1 });
  });

  it('counts a statement that took too long, which would do so each time', async () => {
    await stage.run().turn();
    const { id } = await ask({ trackingIds: [planted[0]?.id ?? ''] });
    const tooLong = async (): Promise<void> => {
      await stage.tenants.run(stage.tenantId, (tx) => tx.query('select pg_sleep(60)'), { statementTimeoutMs: 10 });
    };
    const restoreFailed = jest.fn();
    expect(await stage.restorer(storeWhere(tooLong), { restoreFailed }).runDue()).toBe(1);
    expect(restoreFailed).toHaveBeenCalledTimes(1);
    expect(await state(id)).toMatchObject({ status: 'running', failures: 1, error_code: 'unexpected' });
    await stage.tenants.run(stage.tenantId, (tx) => cancelRestore(tx, id));
  });

  it('keeps its lease while it reads, and ends its work once another has it', async () => {
    await stage.run().turn();
    const { id } = await ask({ trackingIds: [planted[0]?.id ?? ''] });
    const left: unknown[] = [];
    const shorten = async (): Promise<void> => {
      const before = await sql<{ held: boolean }>(
        `select lease_until > now() + interval '1 minute' as held from archive_restores where id = $1`,
        [id],
      );
      left.push(...before.map(({ held }) => held));
      await sql(`update archive_restores set lease_until = now() + interval '1 second' where id = $1`, [id]);
    };
    const restorer = stage.restorer(storeWhere(shorten));
    await restorer.runDue();
    expect(left).toEqual([true, true, true, true]);
    expect(await state(id)).toMatchObject({ status: 'completed' });

    const other = await ask({ trackingIds: [planted[2]?.id ?? ''] });
    let reads = 0;
    const taken = storeWhere(async () => {
      reads++;
      await sql(`update archive_restores set lease_token = gen_random_uuid() where id = $1`, [other.id]);
    });
    await stage.restorer(taken).runDue();
    expect(reads).toBe(1);
    expect(await state(other.id)).toMatchObject({ status: 'running', failures: 0, objects_done: 0 });
    await stage.tenants.run(stage.tenantId, (tx) => cancelRestore(tx, other.id));
  });

  it('goes on where a worker died, waits for a store that is away, and ends when it is cancelled', async () => {
    await stage.run().turn();
    const { id } = await ask({ trackingIds: planted.slice(0, 3).map((event) => event.id) });
    const away: ObjectStore = Object.assign(Object.create(stage.store) as ObjectStore, {
      get: async () => err({ code: 'unreachable', message: 'as the test wants' }),
    });
    await stage.restorer(away).runDue();
    expect(await state(id)).toMatchObject({ status: 'running', failures: 1, error_code: 'store_unreachable' });
    expect(await stage.restorer().runDue()).toBe(0);
    // As a process that was killed leaves it: with a lease.
    await sql(
      `update archive_restores set next_at = now(), lease_token = uuid_v7(), lease_until = now() + interval '1 minute'`,
    );
    expect(await stage.restorer().runDue()).toBe(0);
    await sql(`update archive_restores set lease_until = now() - interval '1 second'`);
    expect(await stage.restorer().runDue()).toBe(1);
    expect(await state(id)).toMatchObject({ status: 'completed', restored: 3, failures: 0, error_code: null });

    const other = await ask({ trackingIds: [planted[0]?.id ?? ''] });
    expect(await stage.tenants.run(stage.tenantId, (tx) => cancelRestore(tx, other.id))).toMatchObject({
      status: 'cancelled',
    });
    expect(await stage.restorer().runDue()).toBe(0);
    expect(await stage.tenants.run(stage.tenantId, (tx) => cancelRestore(tx, id))).toBeNull();
  });

  it('fills rows of an older shape with what newer columns have by default', async () => {
    await stage.run().turn();
    await sql(`alter table events add column added text not null default 'usual'`);
    await ask({ trackingIds: [planted[0]?.id ?? ''] });
    await stage.restorer().runDue();
    expect((await stage.rows()).events.map((row) => row['added'])).toEqual(['usual']);
    await sql(`alter table events drop column added`);
  });

  /** The stage's own, with something before each read. */
  const storeWhere = (before: () => Promise<void>): ObjectStore => ({
    ...wrap(stage.store),
    get: async (key) => {
      await before();
      return stage.store.get(key);
    },
  });
  const daysAgoId = (): string => planted[0]?.id.replace(/.{4}$/, '0000') ?? '';
});
