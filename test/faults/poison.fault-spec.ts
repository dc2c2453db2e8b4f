import path from 'node:path';
import { waitUntil, type HubProcess } from '@hub/testing';
import {
  accept,
  addRoute,
  connectSink,
  deliveryWhen,
  eventWhen,
  settled,
  stageHub,
  type StagedHub,
} from '../support/staged-hub';
import { faultRow } from './fault-row';
import { expectInvariants } from './invariants';

const PRELOAD = path.join(__dirname, 'poisoned.cjs');
const POISON = { note: 'this-record-kills' };

describe.each([
  ['exits', 'exit'],
  ['runs out of memory', 'oom'],
])('a record that the worker %s over', (_what, way) => {
  let hub: StagedHub;
  beforeAll(async () => {
    const heap = way === 'oom' ? ' --max-old-space-size=256' : '';
    hub = await stageHub({
      queue: 'redis',
      workerEnv: () => ({ NODE_OPTIONS: `--require=${PRELOAD}${heap}`, HUB_TEST_POISON: way }),
    });
  }, 120_000);
  afterAll(() => hub?.stop());

  faultRow(
    'poison',
    'set aside after 2 starts of its own; its neighbours are delivered',
    async (told) => {
      const [worker] = hub.workers;
      if (worker === undefined) throw new Error('a worker is needed');
      const tenant = await hub.newTenant();
      const { id, sink } = await connectSink(hub, tenant);
      await addRoute(tenant, { event_type: 'order.*', connection_id: id });
      const keeper = keepRunning(worker);
      const before = await Promise.all(
        Array.from({ length: 10 }, () => accept(tenant.client, { type: 'order.created' })),
      );
      const poison = await accept(tenant.client, { type: 'order.created', data: POISON });
      const after = await Promise.all(
        Array.from({ length: 10 }, () => accept(tenant.client, { type: 'order.created' })),
      );
      const dead = await deliveryWhen(tenant.client, poison, ({ status }) => status === 'dead', 150_000);
      expect(dead).toMatchObject({ reason: 'poison' });
      for (const tracked of [...before, ...after])
        expect((await eventWhen(tenant.client, tracked, settled, 60_000)).status).toBe('succeeded');
      const deaths = await keeper.stop();
      // Twice in company at most, then twice alone.
      expect(deaths).toBeLessThanOrEqual(4);
      const view = await hub.sandbox.sink(sink);
      expect(view.accepted_distinct_keys).toBe(20);
      told.note(`${deaths} deaths, ${view.accepted_duplicates} neighbours sent twice`);
      await expectInvariants(hub.database, tenant.uuid);
    },
    240_000,
  );
});

/** What an orchestrator does: starts it again whenever it dies. */
function keepRunning(worker: HubProcess): { stop(): Promise<number> } {
  let deaths = 0;
  let stopped = false;
  const loop = (async () => {
    while (!stopped) {
      await waitUntil('the worker to die, or the end', async () => stopped || !worker.isRunning, 300_000);
      if (stopped) break;
      deaths++;
      await worker.start();
    }
  })();
  return {
    async stop() {
      stopped = true;
      await loop;
      return deaths;
    },
  };
}
