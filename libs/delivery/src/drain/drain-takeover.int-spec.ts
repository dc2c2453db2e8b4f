import { newUuid, type DrainTarget } from '@hub/platform';
import { waitUntil, type TestDatabase } from '@hub/testing';
import { type AcceptBatch } from '../accept/accept-batch';
import { recoverOrphans } from '../claim/recover-orphans';
import { takeSlot } from '../claim/slot';
import { Sweeper } from '../sweep/sweeper';
import { type SendResult } from './drain.ports';
import { accepted, refused, type DeliveryHarness } from '../testing/delivery-harness';
import { stageDeliveries } from '../testing/delivery-stage';

type Outcomes = ReturnType<typeof accepted>[];

describe('drain, when another takes over', () => {
  let database: TestDatabase;
  let harness: DeliveryHarness;
  let batch: AcceptBatch;
  stageDeliveries(async (...made) => {
    [harness, database, batch] = made;
    await harness.addRoute();
  });

  const sql = (text: string): Promise<Record<string, unknown>[]> =>
    harness.tenantDb.run(harness.tenantId, (tx) => tx.query(text));
  const send = (count: number): Promise<unknown> => batch.accept(Array.from({ length: count }, () => harness.event()));
  const endLease = (): Promise<unknown> =>
    sql(`update connection_runtime set slot_until = now() - interval '1 second'`);
  const takeOver = (outcome: SendResult = accepted()): Promise<void> =>
    harness.drainer((items) => items.map(() => outcome)).drain(harness.target);

  /** A drain whose call hangs until it is answered. */
  const hang = async (): Promise<(outcome: Outcomes) => Promise<void>> => {
    const before = harness.sent.length;
    let answer: (outcomes: Outcomes) => void = () => undefined;
    const hung = harness.drainer(() => new Promise<Outcomes>((resolve) => (answer = resolve)), { workerId: 'hung' });
    const running = hung.drain(harness.target);
    running.catch(() => undefined);
    await waitUntil('a call', () => Promise.resolve(harness.sent.length > before));
    return (outcomes) => {
      answer(outcomes);
      return running;
    };
  };
  /** What `kill -9` leaves: claims under a slot that nobody renews. */
  const die = async (): Promise<void> => {
    await hang();
    await endLease();
  };

  it('sends again what was claimed, with the same key, and counts no attempt', async () => {
    await send(3);
    await die();
    const before = harness.sent.map((item) => item.idempotencyKey);
    await takeOver();
    expect((await harness.deliveries()).map((row) => [row.status, row.crashes])).toEqual(
      Array(3).fill(['succeeded', 1]),
    );
    expect(harness.sent.slice(before.length).map((item) => item.idempotencyKey)).toEqual(
      expect.arrayContaining(before),
    );
  });

  it.each([
    ['is paused', `update connections set status = 'paused'`],
    ['waits for a limit', `update connection_runtime set resume_at = now() + interval '1 hour'`],
  ])('takes back at once what was claimed of a connection that %s, and sends nothing', async (_what, stop) => {
    await send(2);
    await die();
    await sql(stop);
    const rung: DrainTarget[] = [];
    const sweeper = new Sweeper({
      database: database.dispatcher,
      ring: (targets) => Promise.resolve(rung.push(...targets) > 0),
      drain: () => Promise.resolve(),
      fallbackConcurrency: 1,
    });
    await sweeper.sweep();
    expect(rung).toEqual([harness.target]);
    const { length } = harness.sent;
    await takeOver();
    expect(harness.sent).toHaveLength(length);
    expect((await harness.deliveries()).map((row) => [row.status, row.crashes])).toEqual(Array(2).fill(['pending', 1]));
    expect(await sql('select slot_token from connection_runtime')).toEqual([{ slot_token: null }]);
    // Nothing is left to take back: as before, it is nobody's.
    await sweeper.sweep();
    await takeOver();
    expect(rung).toHaveLength(1);
    expect(harness.sent).toHaveLength(length);
    await sweeper.stop();
  });

  it('sets a record aside that was alone each of two times', async () => {
    await send(1);
    await die();
    await die();
    await takeOver();
    expect(await harness.deliveries()).toMatchObject([{ status: 'dead', reason: 'poison', crashes: 2 }]);
    expect(await sql('select status from events')).toEqual([{ status: 'failed' }]);
  });

  it('sets a record aside that was alone once, after two times in company', async () => {
    await send(2);
    for (let deaths = 1; deaths <= 3; deaths++) await die();
    await takeOver();
    expect(await harness.deliveries()).toMatchObject([
      { status: 'dead', reason: 'poison', crashes: 3 },
      { status: 'succeeded', crashes: 2 },
    ]);
  });

  it('puts back what was claimed as what it was: waiting for its next attempt, or for its first', async () => {
    await send(1);
    await takeOver(refused('transient'));
    await send(1);
    await harness.makeDue();
    await die();
    await harness.tenantDb.run(harness.tenantId, async (tx) => {
      const slot = await takeSlot(tx, harness.connectionId, newUuid(), 'next');
      if (slot === null) throw new Error('the slot is taken');
      await recoverOrphans(tx, slot);
    });
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(['retrying', 'pending']);
  });

  it('does not blame the neighbours of a poison record', async () => {
    await send(4);
    await die();
    await die();
    await takeOver();
    expect((await harness.deliveries()).map((row) => row.status)).toEqual(Array(4).fill('succeeded'));
  });

  it('drops what a zombie writes after another has taken over', async () => {
    await send(1);
    const wake = await hang();
    await endLease();
    await takeOver(accepted('by-the-second'));
    await wake([accepted('by-the-zombie')]);
    expect(await harness.deliveries()).toMatchObject([{ status: 'succeeded', external_id: 'by-the-second' }]);
  });

  it("leaves nothing of what it wrote while it did not know that the slot is another's", async () => {
    await send(1);
    const wake = await hang();
    // Taken by somebody who has not come to the claims yet: they still carry the zombie's token.
    await sql('update connection_runtime set slot_token = uuid_v7()');
    await wake([accepted('by-the-zombie')]);
    expect(await harness.deliveries()).toMatchObject([{ status: 'delivering', external_id: null }]);
    expect(await sql('select 1 from attempts')).toEqual([]);
  });
});
