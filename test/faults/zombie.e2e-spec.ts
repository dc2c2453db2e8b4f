import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { shortOrLong } from '../support/form';
import { faultRow } from './fault-row';
import { EVENTS, faultStage, MOST_REPEATS, type FaultStage } from './fault-stage';

/** It sleeps at least so long; another takes over long before. */
const SLEEPS_MS = shortOrLong(0, 40_000);

describe.each(['redis', 'postgres'] as const)(
  'a worker that sleeps through its lease, with the queue in %s',
  (queue) => {
    let stage: FaultStage;
    beforeAll(async () => {
      stage = await faultStage({ queue, workers: 2 });
    }, 120_000);
    afterAll(() => stage?.hub.stop());

    faultRow('zombie (SIGSTOP, SIGCONT)', 'a late write hits 0 rows; the other worker takes over', async (told) => {
      const { hub } = stage;
      const run = await stage.begin();
      const [first, second] = hub.workers;
      if (first === undefined || second === undefined) throw new Error('two workers are needed');
      const holder = async (): Promise<string | null> => {
        const { rows } = await hub.database.asSuperuser((client) =>
          client.query<{ slot_worker: string }>(
            `select r.slot_worker from connection_runtime r join connections c on c.tenant_id = r.tenant_id and c.id = r.connection_id
           where r.tenant_id = $1 and c.connector_id = 'http' and r.slot_token is not null
             and exists (select 1 from deliveries d where d.tenant_id = r.tenant_id and d.lease_token = r.slot_token and d.status = 'delivering')`,
            [run.tenant.uuid],
          ),
        );
        return rows[0]?.slot_worker ?? null;
      };
      // A slot may be let go between the look and the signal: then the next holder is frozen instead.
      await run.load.reached(EVENTS * 0.1);
      const frozen = await waitUntil('a worker that is frozen with claims in its hands', async () => {
        const name = await holder();
        const zombie = [first, second].find(({ pid }) => name?.includes(`-${pid}-`));
        if (zombie === undefined) return null;
        zombie.signal('SIGSTOP');
        if ((await holder()) === name) return { zombie, name };
        zombie.signal('SIGCONT');
        return null;
      });
      const since = Date.now();
      // The other takes over once the lease has run out, and delivers everything.
      await waitUntil(
        'the other worker to take over',
        async () => ![null, frozen.name].includes(await holder()),
        40_000,
      );
      told.recovered((Date.now() - since) / 1_000);
      await delay(Math.max(0, since + SLEEPS_MS - Date.now()));
      frozen.zombie.signal('SIGCONT');
      const { repeats } = await run.expectNothingLost();
      expect(repeats).toBeLessThanOrEqual(MOST_REPEATS);
      // It is none the worse for it: alone, it does the work.
      await [first, second].find((worker) => worker !== frozen.zombie)?.kill();
      await (await stage.begin({ count: 200 })).expectNothingLost();
      expect(frozen.zombie.isRunning).toBe(true);
    });
  },
);
