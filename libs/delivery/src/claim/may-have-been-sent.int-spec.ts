import { waitUntil } from '@hub/testing';
import { retryDelivery } from '../read/deliveries.repository';
import { type SendResult } from '../drain/drain.ports';
import { accepted, refused } from '../testing/delivery-harness';
import { type ReplayHarness } from '../testing/replay-harness';
import { stageReplays } from '../testing/replay-stage';

/** What creates without a key of their own at the vendor rely on: who is told `false` looks for nothing. */
describe('whether a delivery may have been sent before', () => {
  let harness: ReplayHarness;
  stageReplays((made) => (harness = made).addRoute({ retryDelays: [] }));

  const told = (): boolean[] => harness.sent.map(({ delivery }) => delivery.mayHaveBeenSent);
  const drainAgain = async (result: SendResult = accepted()): Promise<void> => {
    await harness.makeDue();
    await harness.drain(result);
  };
  const openBreaker = (): Promise<unknown> =>
    harness.sql(`update connection_runtime set breaker_state = 'open', consecutive_failures = 5`);

  it('is false of what was only claimed and given back', async () => {
    await openBreaker();
    await harness.accept({}, {});
    await harness.drain(refused('transient'));
    const [probe] = harness.sent;
    await drainAgain();
    const others = harness.sent.filter(({ delivery }) => delivery.id !== probe?.delivery.id);
    expect(others.map(({ delivery }) => [delivery.attemptNumber, delivery.mayHaveBeenSent])).toEqual([[1, false]]);
  });

  it.each<[string, () => Promise<unknown>, SendResult]>([
    ['a limit gave back', () => Promise.resolve(), refused('rate_limited')],
    ['an outage gave back whose probe it was', openBreaker, refused('transient')],
  ])('is true of what %s, though its attempt does not count', async (_what, begin, result) => {
    await begin();
    await harness.accept({});
    await harness.drain(result);
    await drainAgain();
    expect(harness.sent.map(({ delivery }) => delivery.attemptNumber)).toEqual([1, 1]);
    expect(told()).toEqual([false, true]);
  });

  it('is true of a dead one that is retried, though its attempts are counted anew, even after two crashes', async () => {
    await harness.accept({});
    for (let crashes = 1; crashes <= 2; crashes++) {
      const hung = harness.drainer(() => new Promise<never>(() => undefined));
      void hung.drain(harness.target).catch(() => undefined);
      await waitUntil('a call', () => Promise.resolve(harness.sent.length === crashes));
      await harness.sql(`update connection_runtime set slot_until = now() - interval '1 second'`);
    }
    await harness.drain();
    const [dead] = await harness.deliveries();
    expect(dead).toMatchObject({ status: 'dead', reason: 'poison' });
    await harness.tenantDb.run(harness.tenantId, (tx) => retryDelivery(tx, dead?.id ?? ''));
    await drainAgain();
    expect(harness.sent.map(({ delivery }) => delivery.attemptNumber)).toEqual([1, 2, 1]);
    expect(told()).toEqual([false, true, true]);
  });

  it('is true of a replay', async () => {
    await harness.makeDead({});
    const { id } = await harness.start();
    await harness.finish(id);
    expect(told()).toEqual([false, true]);
  });
});
