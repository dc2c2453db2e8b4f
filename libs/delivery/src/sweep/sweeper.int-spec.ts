import { createLogger, DrainBell, DrainWorker, type DrainTarget, type QueueBackend } from '@hub/platform';
import { readServices, waitUntil, type TestDatabase } from '@hub/testing';
import { AcceptBatch } from '../accept/accept-batch';
import { accepted, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';
import { Sweeper } from './sweeper';

describe('sweeper', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  stageDeliveries(async (...made) => {
    [harness, database] = made;
    await harness.addRoute();
  });

  const send = (count: number): Promise<unknown> =>
    new AcceptBatch(database.accept).accept(Array.from({ length: count }, () => harness.event()));
  const open = async (): Promise<number> =>
    (await harness.deliveries()).filter((row) => row.status !== 'succeeded').length;
  const ours = (drain: (target: DrainTarget) => Promise<void>) => (target: DrainTarget) =>
    target.tenantId === harness.tenantId ? drain(target) : Promise.resolve();

  const ringing = (): { sweeper: Sweeper; rung: DrainTarget[] } => {
    const rung: DrainTarget[] = [];
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: (targets) => Promise.resolve(rung.push(...targets) > 0),
      drain: () => Promise.reject(new Error('the queue is there')),
      fallbackConcurrency: 1,
    });
    return { sweeper, rung };
  };

  it('rings for connections that have something due, as the dispatcher', async () => {
    const { sweeper, rung } = ringing();
    await sweeper.sweep();
    expect(rung).toEqual([]);
    await send(1);
    expect(await sweeper.sweep()).toBe(1);
    expect(rung).toEqual([harness.target]);
    await sweeper.stop();
    await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
  });

  it('does not ring for a connection that has to wait, or that somebody drains', async () => {
    const { sweeper, rung } = ringing();
    const runtime = (columns: string): Promise<unknown> =>
      harness.tenantDb.run(harness.tenantId, (tx) => tx.query(`update connection_runtime set ${columns}`));
    await send(1);
    await runtime(`resume_at = now() + interval '1 minute', resume_reason = 'rate_limited'`);
    await sweeper.sweep();
    await runtime(`resume_at = null, slot_token = uuid_v7(), slot_until = now() + interval '1 minute'`);
    await sweeper.sweep();
    expect(rung).toEqual([]);
    await runtime(`slot_token = null, slot_until = null`);
    await sweeper.sweep();
    expect(rung).toEqual([harness.target]);
    await sweeper.stop();
    await harness.drainer((items) => items.map(() => accepted())).drain(harness.target);
  });

  it('rings for a connection whose slot has expired with nothing claimed, so that a drain lets it go', async () => {
    await database.asSuperuser((client) =>
      client.query(
        `update connection_runtime set slot_token = uuid_v7(), slot_worker = 'gone', slot_until = now() - interval '1 second'
         where tenant_id = $1`,
        [harness.tenantId],
      ),
    );
    const { sweeper, rung } = ringing();
    await sweeper.sweep();
    expect(rung).toEqual([harness.target]);
    await harness.drainer(() => []).drain(harness.target);
    const slots = await harness.tenantDb.run(harness.tenantId, (tx) =>
      tx.query(`select slot_token from connection_runtime where tenant_id = $1`, [tx.tenantId]),
    );
    expect(slots).toEqual([{ slot_token: null }]);
    expect(await sweeper.sweep()).toBe(0);
    await sweeper.stop();
  });

  it('goes on draining without the queue until nothing is due, with one sweep', async () => {
    await send(40);
    // Each drain ends after a claim: what is left is for the next one.
    const drainer = harness.drainer((items) => items.map(() => accepted()), {
      limits: { budgetMs: 0, mostClaimed: 5 },
    });
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: () => Promise.resolve(false),
      drain: ours((target) => drainer.drain(target)),
      fallbackConcurrency: 2,
    });
    await sweeper.sweep();
    await waitUntil('everything to be delivered', async () => (await open()) === 0);
    await sweeper.stop();
  });

  it('is ready while a drain without the queue takes its time', async () => {
    await send(1);
    let end: () => void = () => undefined;
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: () => Promise.resolve(false),
      drain: ours(() => new Promise((resolve) => (end = resolve))),
      fallbackConcurrency: 2,
    });
    await sweeper.sweep();
    expect(sweeper.lastSweepMs).toBeGreaterThan(0);
    let stopped = false;
    const stopping = sweeper.stop().then(() => (stopped = true));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    end();
    await stopping;
  });

  it('gets a worker that has gone mute replaced, with the queue up all the while', async () => {
    const backend: QueueBackend = { kind: 'redis', url: readServices().redisUrl };
    const lines: string[] = [];
    const logger = createLogger({
      name: 'test',
      level: 'error',
      destination: { write: (line) => void lines.push(line) },
    });
    const bell = new DrainBell(backend, logger);
    await waitUntil('the queue', () => bell.isReachable());
    const drainer = harness.drainer((items) => items.map(() => accepted()));
    const drain = ours((target) => drainer.drain(target));
    const worker = new DrainWorker({ backend, concurrency: 2, bell, logger, drain, muteAfterMs: 1_000 });
    const mute = await (worker as unknown as { open: { worker: Promise<{ pause(): Promise<void> }> } }).open.worker;
    await mute.pause();
    await send(1);
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: (targets) => worker.ringNow(targets.filter(({ tenantId }) => tenantId === harness.tenantId)),
      drain: () => Promise.reject(new Error('the queue is there')),
      fallbackConcurrency: 1,
    });
    await waitUntil('the delivery', async () => {
      await sweeper.sweep();
      return (await open()) === 0;
    });
    expect(lines).toHaveLength(1);
    await sweeper.stop();
    await worker.close(5_000);
    await bell.close();
  });
});
