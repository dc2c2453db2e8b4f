import { waitUntil } from '@hub/testing';
import { deliveryWhen, readEvent, stageHub, type StagedHub } from '../support/staged-hub';
import { arrivals, classifiedRow, destination, send } from './destination';
import { faultRow } from './fault-row';
import { expectInvariants } from './invariants';

/** Of the breaker. */
const OPEN_FOR_MS = 30_000;

// What takes its own time, half a minute and more. The other rows are in the file beside this one.
let hub: StagedHub;
beforeAll(async () => {
  hub = await stageHub({ queue: 'redis' });
}, 120_000);
afterAll(() => hub?.stop());

classifiedRow(() => hub, 'slow-loris, a byte every 5 s', { kind: 'slow_drip', ms_per_byte: 5_000 }, 'timeout');

faultRow(
  'destination: breaker',
  'opens at 5 failures in a row; ≤ 1 call in 30 s; closes by itself',
  async (told) => {
    const there = await destination(
      hub,
      [{ kind: 'respond', status: 500 }],
      { concurrency: 1 },
      { delays_seconds: [600] },
    );
    const tracked = await Promise.all(Array.from({ length: 12 }, () => send(there)));
    await waitUntil('five calls', async () => (await arrivals(there)).length >= 5);
    const opened = Date.now();
    await hub.sandbox.behave(there.sink, []);
    await waitUntil('the probe', async () => (await arrivals(there)).length > 5, OPEN_FOR_MS + 20_000);
    const calls = await arrivals(there);
    expect((calls[5] ?? 0) - (calls[4] ?? 0)).toBeGreaterThanOrEqual(OPEN_FOR_MS - 1_000);
    const openDeliveries = async (): Promise<number> => {
      const events = await Promise.all(tracked.map((id) => readEvent(there.tenant.client, id)));
      return events.flatMap(({ deliveries }) => deliveries).filter(({ status }) => status === 'succeeded').length;
    };
    // Seven never were tried while it was open: none of them has lost an attempt.
    await waitUntil('the backlog to go', async () => (await openDeliveries()) === 7);
    told.recovered((Date.now() - opened - OPEN_FOR_MS) / 1_000);
    await expectInvariants(hub.database, there.tenant.uuid);
  },
  120_000,
);

faultRow(
  'destination: 500s on the default schedule',
  'attempts at 0, +60 s, +300 s, each ±10 %, then dead',
  async (told) => {
    const there = await destination(hub, [{ kind: 'respond', status: 500 }], {}, null);
    const tracked = await send(there);
    const dead = await deliveryWhen(there.tenant.client, tracked, ({ status }) => status === 'dead', 420_000);
    expect(dead).toMatchObject({ attempts: 3, reason: 'retries_exhausted' });
    const [first = 0, second = 0, third = 0] = await arrivals(there);
    const waits = [(second - first) / 1_000, (third - second) / 1_000];
    told.note(`after ${waits.map((wait) => wait.toFixed(1)).join(' s and ')} s`);
    // Beside the jitter: the way to the destination, and a bell that may be late by a sweep.
    expect(waits[0]).toBeGreaterThanOrEqual(54);
    expect(waits[0]).toBeLessThanOrEqual(66 + 5);
    expect(waits[1]).toBeGreaterThanOrEqual(270);
    expect(waits[1]).toBeLessThanOrEqual(330 + 5);
  },
  480_000,
);
