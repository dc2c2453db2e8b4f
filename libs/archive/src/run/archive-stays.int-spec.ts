import { newUuid, type ObjectStore } from '@hub/platform';
import { before, daysAgo, hasDay, wrap, type ArchiveStage } from '../testing/archive-stage';
import { stageDays } from '../testing/stage-days';

const OLD = daysAgo(9);

describe('a turn of the archive, beside what is not over', () => {
  let stage: ArchiveStage;
  const archive = stageDays([OLD], (made) => (stage = made));
  const { sql } = archive;

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
    expect(await hasDay(archive.database, OLD)).toBe(false);
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
    expect(await hasDay(archive.database, OLD)).toBe(true);
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
    expect(await hasDay(archive.database, OLD)).toBe(false);
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
    const opens = before(archive.database.dispatcher, 'retire_day', async (kind) => {
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
    expect(await hasDay(archive.database, OLD)).toBe(false);
    expect((await stage.rows()).events.map((row) => row['id'])).toEqual([planted.id]);
  });

  it('keeps an event that is opened in the last moment before its table leaves', async () => {
    const { id } = await stage.plant(OLD);
    let atRest: unknown[] = [];
    const open = before(archive.database.dispatcher, 'retire_day', async (kind) => {
      if (kind === 'events') await sql(`update events set status = 'open', deliveries_open = 1 where id = $1`, [id]);
    });
    const dispatcher = before(open, 'drop_retired_day', async (kind) => {
      if (kind === 'events') atRest = await sql(`select id from events where id = $1`, [id]);
    });
    await stage.run({ dispatcher }).turn();
    // Not put back by the comparison with the archive: it was never away.
    expect(atRest).toEqual([{ id }]);
  });

  const chooses = (deliveryId: string): Promise<unknown> =>
    sql(
      `with made as (
         insert into replays (tenant_id, id, action, status, phase, selection, mapping, include_succeeded, include_superseded, dry_run, reason, requested_by)
         values ($1, uuid_v7(), 'replay', 'running', 'working', '{}', 'original', true, false, false, 'test', '{}') returning id)
       insert into replay_items (tenant_id, replay_id, delivery_id, seq, tracking_id, connection_id, route_id)
       select d.tenant_id, m.id, d.id, d.seq, d.tracking_id, d.connection_id, d.route_id from deliveries d, made m where d.id = $2`,
      [stage.tenantId, deliveryId],
    );

  it('looks before each table leaves whether a replay has chosen of it meanwhile', async () => {
    const { id, deliveryId } = await stage.plant(OLD);
    const dispatcher = before(archive.database.dispatcher, 'retire_day', async (kind) => {
      if (kind === 'attempts') await chooses(deliveryId);
    });
    await stage.run({ dispatcher }).turn();
    const left = await stage.rows();
    expect(left.events.map((row) => row['id'])).toEqual([id]);
    expect(left.deliveries.map((row) => row['id'])).toEqual([deliveryId]);
    await sql(`delete from replay_items; delete from replays`);
  });

  it('looks before rows without a day leave whether a replay has chosen of them while they were written', async () => {
    const { deliveryId } = await stage.plant(daysAgo(20));
    const were = await stage.rows();
    let isChosen = false;
    const store: ObjectStore = {
      ...wrap(stage.store),
      put: async (...args) => {
        if (!isChosen) await chooses(deliveryId);
        isChosen = true;
        return stage.store.put(...args);
      },
    };
    await stage.run({ store }).turn();
    expect(isChosen).toBe(true);
    expect(await stage.rows()).toEqual(were);
    await sql(`delete from replay_items; delete from replays`);
    await stage.run().turn();
    expect((await stage.rows()).events).toEqual([]);
  });
});
