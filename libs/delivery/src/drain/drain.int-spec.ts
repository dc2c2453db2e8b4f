import { TenantDb } from '@hub/tenancy';
import { type TestDatabase } from '@hub/testing';
import { type AcceptBatch } from '../accept/accept-batch';
import { accepted, refused, type DeliveryHarness, type Vendor } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { type DeliveryMapper } from './drain.ports';

const always =
  (result: ReturnType<typeof accepted>): Vendor =>
  (items) =>
    items.map(() => result);

describe('drain', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries((...made) => ([harness, database, batch] = made));

  const eventRow = async (): Promise<Record<string, unknown>> => {
    const [row] = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(
        `select status, deliveries_open, deliveries_succeeded, deliveries_failed from events order by id limit 1`,
      ),
    );
    return row as Record<string, unknown>;
  };
  const runtime = async (): Promise<Record<string, unknown>> => {
    const [row] = await harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`select * from connection_runtime`));
    return row as Record<string, unknown>;
  };
  const send = (count: number, subject: (index: number) => string | null = () => null): Promise<unknown> =>
    batch.accept(
      Array.from({ length: count }, (_unused, index) =>
        harness.event({ subject: subject(index), payload: `{"n":${index}}` }),
      ),
    );

  it('delivers everything once, with a key of its own each, and books what happened', async () => {
    await harness.addRoute();
    await send(300);
    await harness.drainer(always(accepted('ext-1'))).drain(harness.target);
    const rows = await harness.deliveries();
    expect(
      rows.filter((row) => row.status === 'succeeded' && row.external_id === 'ext-1' && row.attempts === 1),
    ).toHaveLength(300);
    expect(new Set(harness.sent.map((item) => item.idempotencyKey)).size).toBe(300);
    expect(await eventRow()).toEqual({
      status: 'succeeded',
      deliveries_open: 0,
      deliveries_succeeded: 1,
      deliveries_failed: 0,
    });
    expect(await runtime()).toMatchObject({ slot_token: null, breaker_state: 'closed' });
    const told = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select type, count(*)::int as n from hub_events group by type`),
    );
    expect(told).toEqual([{ type: 'delivery.succeeded', n: 300 }]);
  });

  it('retries a transient failure by the schedule and then gives up, with every attempt kept', async () => {
    await harness.addRoute();
    await send(1);
    const drainer = harness.drainer(always(refused('transient')));
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      await harness.makeDue();
      await drainer.drain(harness.target);
      waits.push(Number((await harness.deliveries())[0]?.due_in_ms));
    }
    expect(waits[0]).toBeGreaterThan(50_000);
    expect(waits[0]).toBeLessThan(66_001);
    expect(waits[1]).toBeGreaterThan(265_000);
    expect(await harness.deliveries()).toMatchObject([{ status: 'dead', reason: 'retries_exhausted', attempts: 3 }]);
    expect(await eventRow()).toMatchObject({ status: 'failed', deliveries_failed: 1 });
    const attempts = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select number, outcome, category from attempts order by id`),
    );
    expect(attempts).toEqual([1, 2, 3].map((number) => ({ number, outcome: 'failed', category: 'transient' })));
    expect(new Set(harness.sent.map((item) => item.idempotencyKey)).size).toBe(1);
  });

  it('is dead at once when a person is needed', async () => {
    await harness.addRoute();
    await send(1);
    await harness.drainer(always(refused('validation', { fields: ['Name'] }))).drain(harness.target);
    expect(await harness.deliveries()).toMatchObject([
      { status: 'dead', reason: 'permanent_failure', attempts: 1, last_error: { category: 'validation' } },
    ]);
  });

  it('settles the good records of a batch when one is bad', async () => {
    await harness.addRoute();
    await send(200);
    const vendor: Vendor = (items) =>
      items.map((item) => (item.payloadText === '{"n":17}' ? refused('validation') : accepted('id')));
    await harness.drainer(vendor, { batchSize: 200 }).drain(harness.target);
    const rows = await harness.deliveries();
    expect(rows.filter((row) => row.status === 'succeeded')).toHaveLength(199);
    expect(rows[17]?.status).toBe('dead');
  });

  it('keeps the order of one key and lets others pass while its head waits for a retry', async () => {
    await harness.addRoute();
    await send(6, (index) => (index % 2 === 0 ? 'hot' : `other-${index}`));
    let failHot = true;
    const vendor: Vendor = (items) =>
      items.map((item) => (item.delivery.orderingKey === 'hot' && failHot ? refused('transient') : accepted()));
    const drainer = harness.drainer(vendor);
    await drainer.drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual([
      'retrying',
      'succeeded',
      'held',
      'succeeded',
      'held',
      'succeeded',
    ]);
    expect((await harness.deliveries())[2]?.reason).toBe('order');
    failHot = false;
    await harness.makeDue();
    await drainer.drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(Array(6).fill('succeeded'));
    const hot = harness.sent.filter((item) => item.delivery.orderingKey === 'hot').map((item) => item.payloadText);
    expect(hot).toEqual(['{"n":0}', '{"n":0}', '{"n":2}', '{"n":4}']);
  });

  it('delivers a hot key one after the other, in order of acceptance, while more arrive', async () => {
    await harness.addRoute();
    let running = 0;
    let most = 0;
    const vendor: Vendor = async (items) => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return items.map(() => accepted());
    };
    const drainer = harness.drainer(vendor, { concurrency: 8 });
    await send(20, () => 'hot');
    const draining = drainer.drain(harness.target);
    await send(20, () => 'hot');
    await draining;
    while ((await harness.deliveries()).some((row) => row.status !== 'succeeded')) await drainer.drain(harness.target);
    expect(most).toBe(1);
    const order = harness.sent.map((item) => item.delivery.trackingId);
    expect(order).toEqual((await harness.deliveries()).map((row) => row.tracking_id));
  });

  it('skips what a newer event has overtaken on a "latest" route, and says so', async () => {
    await harness.addRoute({ ordering: 'latest' });
    await send(5, () => 'record-1');
    await harness.drainer(always(accepted())).drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual([
      ...Array<string>(4).fill('superseded'),
      'succeeded',
    ]);
    expect(harness.sent.map((item) => item.payloadText)).toEqual(['{"n":4}']);
    expect(await eventRow()).toMatchObject({ status: 'succeeded' });
  });

  it('opens the breaker on the fifth failure, gives the rest back unspent, and lets one probe through', async () => {
    await harness.addRoute();
    await send(12);
    await harness.drainer(always(refused('transient')), { concurrency: 1 }).drain(harness.target);
    expect(harness.sent).toHaveLength(5);
    expect(await runtime()).toMatchObject({
      breaker_state: 'open',
      consecutive_failures: 5,
      resume_reason: 'breaker_open',
    });
    expect((await harness.deliveries()).filter((row) => row.attempts === 0)).toHaveLength(7);
    await harness.drainer(always(accepted())).drain(harness.target);
    expect(harness.sent).toHaveLength(5);
    await harness.makeDue();
    await harness.drainer(always(refused('transient')), { concurrency: 4 }).drain(harness.target);
    expect(harness.sent).toHaveLength(6);
    await harness.makeDue();
    await harness.drainer(always(accepted()), { concurrency: 4 }).drain(harness.target);
    expect(await runtime()).toMatchObject({ breaker_state: 'closed', consecutive_failures: 0, resume_at: null });
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(Array(12).fill('succeeded'));
  });

  it('probes with what has been due longest, and not with the same delivery each time', async () => {
    await harness.addRoute();
    await send(1);
    await send(1);
    await harness.tenantDb.run(harness.tenantId, async (tx) => {
      await tx.query(`update connection_runtime set breaker_state = 'open', consecutive_failures = 5`);
      // As after a failed probe, which is due with the next one.
      await tx.query('update deliveries set next_attempt_at = now() where seq = (select min(seq) from deliveries)');
    });
    const [, healthy] = await harness.deliveries();
    await harness.drainer(always(accepted()), { limits: { budgetMs: 0, mostClaimed: 5 } }).drain(harness.target);
    expect(harness.sent.map(({ delivery }) => delivery.id)).toEqual([healthy?.id]);
  });

  it('spends no attempt on a limit and waits as long as the vendor says, for the whole connection', async () => {
    await harness.addRoute();
    await send(3);
    await harness
      .drainer(always(refused('rate_limited', { retryAfterMs: 120_000 })), { concurrency: 1 })
      .drain(harness.target);
    expect(harness.sent).toHaveLength(1);
    expect((await harness.deliveries()).map((row) => [row.status, row.attempts])).toEqual(
      Array(3).fill(['pending', 0]),
    );
    expect(harness.laterRings[0]).toBeGreaterThan(110_000);
    await harness.drainer(always(accepted())).drain(harness.target);
    expect(harness.sent).toHaveLength(1);
  });

  it('holds everything, unspent, when the vendor has withdrawn access', async () => {
    await harness.addRoute();
    await send(3);
    await harness.drainer(always(refused('auth_revoked')), { concurrency: 1 }).drain(harness.target);
    expect(harness.reauths).toHaveLength(1);
    expect((await harness.deliveries()).map((row) => [row.status, row.attempts])).toEqual(
      Array(3).fill(['pending', 0]),
    );
    await harness.drainer(always(accepted())).drain(harness.target);
    expect(harness.sent).toHaveLength(1);
  });

  it('cancels what the filter refuses, and calls the event unrouted when nothing else wanted it', async () => {
    await harness.addRoute({ filter: 'false' });
    await send(1);
    const mapper: DeliveryMapper = {
      map: (_tenant, deliveries) => Promise.resolve(deliveries.map(() => ({ kind: 'filtered' as const }))),
    };
    await harness.drainer(always(accepted()), { mapper }).drain(harness.target);
    expect(await harness.deliveries()).toMatchObject([{ status: 'cancelled', reason: 'filtered', attempts: 0 }]);
    expect(await eventRow()).toMatchObject({ status: 'unrouted' });
  });

  it('lets one of many drains work on a connection, and loses nothing', async () => {
    await harness.addRoute();
    await send(100);
    const drainers = Array.from({ length: 8 }, (_unused, index) =>
      harness.drainer(always(accepted()), { workerId: `w${index}` }),
    );
    await Promise.all(drainers.map((drainer) => drainer.drain(harness.target)));
    while ((await harness.deliveries()).some((row) => row.status !== 'succeeded'))
      await drainers[0]?.drain(harness.target);
    expect(harness.sent).toHaveLength(100);
  });

  it('stores an outcome with a NUL in it rather than trying for ever', async () => {
    await harness.addRoute();
    await send(2);
    await harness
      .drainer(always(refused('validation', { message: 'bad \u0000 byte', code: 'E\u0000' })))
      .drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(['dead', 'dead']);
  });

  it('tries again what a throwing connector was given, and blames no vendor', async () => {
    await harness.addRoute();
    await send(7);
    const broken: Vendor = () => {
      throw new Error('a defect');
    };
    await harness.drainer(broken).drain(harness.target);
    expect((await harness.deliveries()).map((row) => [row.status, row.last_error?.code])).toEqual(
      Array(7).fill(['retrying', 'hub_internal']),
    );
    expect(await runtime()).toMatchObject({ breaker_state: 'closed', slot_token: null });
  });

  it('gives back, unspent, what it has claimed when the hub cannot open the connection', async () => {
    await harness.addRoute();
    await send(3);
    const open = (): Promise<void> => Promise.reject(new Error('the database is away'));
    await expect(harness.drainer(always(accepted()), { open }).drain(harness.target)).rejects.toThrow('away');
    expect(harness.sent).toEqual([]);
    // Not at once: the next one would fare no better.
    expect(harness.rings).toEqual([]);
    expect((await harness.deliveries()).map((row) => [row.status, row.attempts, row.crashes])).toEqual(
      Array(3).fill(['pending', 0, 0]),
    );
    await harness.drainer(always(accepted())).drain(harness.target);
    expect(harness.sent).toHaveLength(3);
  });

  it('takes on what has come while it was sending, and lets go with the last outcome', async () => {
    await harness.addRoute();
    await send(1);
    const tenantDb = new TenantDb(database.app);
    const run = jest.spyOn(tenantDb, 'run');
    const vendor: Vendor = async (items) => {
      if (harness.sent.length === 1) await send(1);
      return items.map(() => accepted());
    };
    await harness.drainer(vendor, { tenantDb, concurrency: 1 }).drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(['succeeded', 'succeeded']);
    // Slot and claim; outcome and claim; outcome and letting go. A lone event waits for no transaction but those.
    expect(run).toHaveBeenCalledTimes(3);
    expect(await runtime()).toMatchObject({ slot_token: null, slot_until: null });
    expect(harness.rings).toEqual([]);
  });

  it('says when it is to come again as it lets go', async () => {
    await harness.addRoute({ retryDelays: [60] });
    await send(1);
    await harness.drainer(always(refused('transient'))).drain(harness.target);
    expect(harness.laterRings).toHaveLength(1);
    expect(harness.laterRings[0]).toBeGreaterThan(30_000);
    expect(await runtime()).toMatchObject({ slot_token: null });
  });

  it('comes again no sooner than the connection may be called, also for a delivery whose turn has come', async () => {
    await harness.addRoute({ orderingKey: 'subject' });
    await send(3, (index) => (index < 2 ? 'a' : 'b'));
    const vendor: Vendor = (items) =>
      items.map(({ delivery }) =>
        delivery.event.subject === 'a' ? refused('validation') : refused('rate_limited', { retryAfterMs: 60_000 }),
      );
    await harness.drainer(vendor, { concurrency: 2 }).drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(['dead', 'pending', 'pending']);
    expect(harness.rings).toEqual([]);
    expect(harness.laterRings).toHaveLength(1);
    expect(harness.laterRings[0]).toBeGreaterThan(50_000);
  });

  it('rings for what its last outcome has let go', async () => {
    await harness.addRoute({ orderingKey: 'subject' });
    await send(2, () => 'a');
    await harness
      .drainer(always(accepted()), { limits: { budgetMs: 0, mostClaimed: 5 }, concurrency: 5 })
      .drain(harness.target);
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(['succeeded', 'pending']);
    expect(harness.rings).toEqual([harness.target]);
  });

  it('rings again when it ends with work left', async () => {
    await harness.addRoute();
    await send(50);
    await harness
      .drainer(always(accepted()), { limits: { budgetMs: 0, mostClaimed: 5 }, concurrency: 5 })
      .drain(harness.target);
    expect(harness.rings).toEqual([harness.target]);
    expect((await harness.deliveries()).filter((row) => row.status === 'succeeded')).toHaveLength(5);
  });
});
