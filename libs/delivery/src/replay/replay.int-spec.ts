import { newUuid } from '@hub/platform';
import { type DeliveryMapper } from '../drain/drain.ports';
import { accepted, passThrough, refused } from '../testing/delivery-harness';
import { hasEnded, SOMEBODY, type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';
import { cancelDelivery, retryDelivery } from '../read/deliveries.repository';
import { listReplayItems } from './replay-items.repository';
import { createReplay } from './replay.repository';

const PAGE = { limit: 100, before: null };

describe('replay', () => {
  let harness: ReplayHarness;
  const stage = stageReplays((made) => (harness = made).addRoute());
  const { runUntil, run, outcomes } = stage;

  it('makes new deliveries under the same key, and leaves the old ones as they were', async () => {
    await harness.makeDead({ payload: '{"n":1}' }, { payload: '{"n":2}' });
    const [before] = await harness.sql(`select to_jsonb(d) as row from deliveries d order by seq limit 1`);
    const keys = harness.sent.map((item) => item.idempotencyKey);
    expect(await harness.events()).toEqual(Array(2).fill({ status: 'failed', open: 0, succeeded: 0, failed: 1 }));

    const { id } = await harness.start();
    await run(id);
    expect(await harness.events()).toEqual(Array(2).fill({ status: 'open', open: 1, succeeded: 0, failed: 0 }));
    expect(await harness.view(id)).toMatchObject({ status: 'running', matched: 2, counts: { queued: 2 } });
    expect(harness.rung).toEqual([harness.target]);

    expect(await harness.finish(id)).toMatchObject({
      status: 'completed',
      matched: 2,
      counts: { succeeded: 2, queued: 0 },
    });
    expect(harness.sent.slice(2).map((item) => item.idempotencyKey)).toEqual(keys);
    expect(harness.sent.slice(2).map((item) => item.payloadText)).toEqual(['{"n":1}', '{"n":2}']);
    const rows = await harness.all();
    const made = rows.filter((row) => row.replay_of !== null);
    expect(made).toHaveLength(2);
    for (const row of made) expect(row).toMatchObject({ status: 'succeeded', replay_id: id });
    for (const row of rows.filter((candidate) => candidate.replay_of === null)) {
      const by = made.find((candidate) => candidate.replay_of === row.id)?.id;
      expect(row).toMatchObject({ status: 'dead', replayed_by: by, resolved_by: by, replay_id: null });
    }
    const [after] = await harness.sql(
      `select to_jsonb(d) as row from deliveries d where replay_of is null order by seq limit 1`,
    );
    const links = { replayed_by: null, resolved_by: null };
    expect({ ...(after?.['row'] as object), ...links }).toEqual({ ...(before?.['row'] as object), ...links });
    expect(await harness.events()).toEqual(Array(2).fill({ status: 'succeeded', open: 0, succeeded: 1, failed: 0 }));
    const told = await harness.sql(
      `select type, data::jsonb -> 'counts' ->> 'succeeded' as succeeded from hub_events where type like '%replay%' order by id`,
    );
    expect(told).toEqual([
      ...Array<object>(2).fill({ type: 'delivery.replayed', succeeded: null }),
      { type: 'replay.completed', succeeded: '2' },
    ]);
  });

  it('that fails again is the dead letter from then on, and the next replay makes good the whole line', async () => {
    await harness.makeDead({});
    const first = await harness.finish((await harness.start()).id, refused('permission'));
    expect(first).toMatchObject({ status: 'completed', counts: { failed: 1, succeeded: 0 } });
    expect(await harness.events()).toEqual([{ status: 'failed', open: 0, succeeded: 0, failed: 1 }]);
    const second = await harness.finish((await harness.start()).id);
    expect(second).toMatchObject({ matched: 1, counts: { succeeded: 1 } });
    const rows = await harness.all();
    const head = rows.find((row) => row.status === 'succeeded');
    expect(rows.filter((row) => row.status === 'dead').map((row) => row.resolved_by)).toEqual([head?.id, head?.id]);
    expect(await harness.events()).toEqual([{ status: 'succeeded', open: 0, succeeded: 1, failed: 0 }]);
  });

  it('of what has arrived makes nothing good: there was no failure', async () => {
    await harness.accept({});
    await harness.drain();
    const { id } = await harness.start({ includeSucceeded: true });
    expect(await harness.finish(id)).toMatchObject({ matched: 1, counts: { succeeded: 1 } });
    const [first, again] = (await harness.all()).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(first).toMatchObject({ status: 'succeeded', replayed_by: again?.id, resolved_by: null });
    expect(again).toMatchObject({ status: 'succeeded', replay_of: first?.id });
  });

  it('of named events says of each delivery why it is not repeated', async () => {
    await harness.makeDead({});
    await harness.accept({});
    await harness.drain();
    await harness.accept({});
    const trackingIds = (await harness.all()).map((row) => row.tracking_id);
    const selection = { kind: 'events' as const, trackingIds };
    const { id } = await harness.start({ selection });
    await run(id);
    expect(await outcomes(id)).toEqual(['queued', 'skipped: succeeded', 'skipped: open']);
    await harness.finish(id);
    const again = await harness.finish((await harness.start({ selection, includeSucceeded: true })).id);
    expect(again).toMatchObject({ matched: 3, counts: { succeeded: 3 } });
    expect(await harness.events()).toEqual(Array(3).fill({ status: 'succeeded', open: 0, succeeded: 1, failed: 0 }));
    expect(await harness.all()).toHaveLength(7);
  });

  it('goes out in the order of acceptance, before what was accepted later and still waits', async () => {
    await harness.makeDead({ subject: 's', payload: '{"n":1}' });
    await harness.makeDead({ subject: 's', payload: '{"n":2}' });
    await harness.accept({ subject: 's', payload: '{"n":3}' });
    const { id } = await harness.start();
    await run(id);
    harness.sent.length = 0;
    await harness.finish(id);
    expect(harness.sent.map((item) => item.payloadText)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
  });

  it('does not put old values over a newer change of the same record, unless it is told to', async () => {
    await harness.makeDead({ subject: 's', payload: '{"n":1}' }, { subject: 'other', payload: '{"n":1}' });
    await harness.accept({ subject: 's', payload: '{"n":2}' });
    await harness.drain();
    harness.sent.length = 0;
    const { id } = await harness.start();
    expect(await harness.finish(id)).toMatchObject({ matched: 2, counts: { succeeded: 1, skipped: 1 } });
    expect(await outcomes(id)).toEqual(expect.arrayContaining(['skipped: superseded_by_newer', 'succeeded']));
    expect(harness.sent).toHaveLength(1);
    const told = await harness.finish((await harness.start({ includeSuperseded: true })).id);
    expect(told).toMatchObject({ matched: 1, counts: { succeeded: 1, skipped: 0 } });
    expect(harness.sent).toHaveLength(2);
  });

  it('keeps to the version that it was made with, whatever is published meanwhile', async () => {
    const mapping = newUuid();
    await harness.sql(`insert into mappings (tenant_id, id, name) values ($1, $2, 'm')`, [harness.tenantId, mapping]);
    for (const version of [1, 2])
      await harness.sql(
        `insert into mapping_versions (tenant_id, mapping_id, version, expression, tables, note) values ($1, $2, $3, '$', '{}', '')`,
        [harness.tenantId, mapping, version],
      );
    await harness.sql(`update routes set mapping_id = $1`, [mapping]);
    await harness.sql(`update mappings set published_version = 1`);
    await harness.makeDead({});
    const { id } = await harness.start({ mapping: 'current' });
    await run(id);
    await harness.sql(`update mappings set published_version = 2`);
    const versions: (number | null)[] = [];
    const mapper: DeliveryMapper = {
      map: (tenantId, deliveries, connectionId) => {
        versions.push(...deliveries.map((delivery) => delivery.mappingVersion));
        return passThrough.map(tenantId, deliveries, connectionId);
      },
    };
    await harness.drainer((sent) => sent.map(() => accepted()), { mapper }).drain(harness.target);
    expect(versions).toEqual([1]);
  });

  it('leaves no second way to the same delivery: it can no longer be retried or cancelled', async () => {
    await harness.makeDead({});
    const [dead] = await harness.all();
    const { id } = await harness.start();
    await run(id);
    const made = (await harness.all()).find((row) => row.replay_of !== null);
    for (const act of [retryDelivery, cancelDelivery]) {
      const outcome = await harness.tenantDb.run(harness.tenantId, (tx) => act(tx, dead?.id ?? ''));
      expect(outcome).toEqual({ kind: 'replayed', by: made?.id });
    }
    // What it has made may be given up, and its item says so.
    await harness.tenantDb.run(harness.tenantId, (tx) => cancelDelivery(tx, made?.id ?? ''));
    expect(await harness.finish(id)).toMatchObject({ status: 'completed', counts: { cancelled: 1 } });
    expect(await harness.events()).toEqual([{ status: 'failed', open: 0, succeeded: 0, failed: 1 }]);
  });

  it('skips what has lost its route or its connection, and says so', async () => {
    const gone = await harness.addRoute({ eventType: 'gone' });
    await harness.sql(`update routes set enabled = false where id <> $1`, [gone]);
    await harness.makeDead({ type: 'gone' });
    await harness.sql(`update routes set deleted_at = now(), enabled = false where id = $1`, [gone]);
    const now = await harness.start({ mapping: 'current' });
    await harness.finish(now.id);
    expect(await outcomes(now.id)).toEqual(['skipped: route_deleted']);
    await harness.sql(`update connections set deleted_at = now()`);
    const then = await harness.start({ mapping: 'original' });
    await run(then.id);
    expect(await outcomes(then.id)).toEqual(['skipped: connection_deleted']);
  });

  it('is refused when another number matches than was expected, and recorded when it is not', async () => {
    await harness.makeDead({}, {});
    const wanted = {
      action: 'replay' as const,
      selection: { kind: 'filter' as const, filter: { category: 'validation' } },
      mapping: 'current' as const,
      includeSucceeded: false,
      includeCancelled: false,
      includeSuperseded: false,
      dryRun: false,
      ratePerSecond: null,
      reason: 'after the fix',
    };
    const start = (expectedCount: number): ReturnType<typeof createReplay> =>
      harness.tenantDb.run(harness.tenantId, (tx) => createReplay(tx, { ...wanted, expectedCount }, SOMEBODY));
    expect(await start(3)).toMatchObject({ ok: false, error: { code: 'count_changed', extra: { count: 2 } } });
    expect(await harness.sql(`select 1 from audit_records`)).toEqual([]);
    expect(await start(2)).toMatchObject({ ok: true });
    const [audited] = await harness.sql(`select record from audit_records`);
    expect(audited?.['record']).toMatchObject({ action: 'replay.started', reason: 'after the fix' });
  });

  it('says in a dry run, too, of what it would not repeat, and why', async () => {
    await harness.accept({});
    await harness.drain();
    await harness.makeDead({});
    const trackingIds = (await harness.all()).map((row) => row.tracking_id);
    const { id } = await harness.start({ dryRun: true, selection: { kind: 'events', trackingIds } });
    await runUntil(id, hasEnded);
    expect(await outcomes(id)).toEqual(['skipped: succeeded', 'would_send']);
  });

  it('shows what would be sent beside what was sent, and sends nothing', async () => {
    await harness.makeDead({ payload: '{"n":1,"gone":true}' }, { payload: '{"n":2}' }, { payload: '{"n":3}' });
    harness.sent.length = 0;
    const { id } = await harness.start({ dryRun: true, mapping: 'current' });
    await stage.database.asSuperuser((client) => client.query(`update attempts set request = '{}'`));
    const mapper = {
      map: (_tenantId: string, deliveries: readonly { event: { payload: string } }[]) =>
        Promise.resolve(
          deliveries.map(({ event: { payload } }) => {
            if (payload === '{"n":3}')
              return {
                kind: 'failed' as const,
                transient: false,
                error: { category: 'validation', code: 'mapping_runtime', message: 'no' },
              };
            const payloadText = payload === '{"n":2}' ? '{ "n": 2.0 }' : '{"n":10}';
            return { kind: 'mapped' as const, payloadText, mapping: null };
          }),
        ),
    };
    await runUntil(id, hasEnded, { mapper });
    expect(await harness.view(id)).toMatchObject({
      status: 'completed',
      counts: { would_send: 2, would_fail: 1, changed: 1, queued: 0 },
    });
    const items = await harness.tenantDb.run(harness.tenantId, (tx) =>
      listReplayItems(tx, id, { changed: true }, PAGE),
    );
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ was_sent: '{"n":1,"gone":true}', would_send: '{"n":10}', changed: true });
    expect(JSON.parse(items[0]?.changes ?? '')).toEqual({
      changes: [
        { pointer: '/n', before: 1, after: 10 },
        { pointer: '/gone', before: true },
      ],
      more: false,
    });
    expect(harness.sent).toEqual([]);
    expect((await harness.all()).every((row) => row.replayed_by === null)).toBe(true);
  });
});
