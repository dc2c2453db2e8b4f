import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '@hub/testing';
import { Borrowers } from '../support/borrowers';
import { shortOrLong } from '../support/form';
import { expectProblem } from '../support/problems';
import { throughProxy, type ProxiedDatabase } from '../support/proxied-database';
import { startReplicatedPostgres, type ReplicatedPostgres } from '../support/replicated-postgres';
import { faultRow } from './fault-row';
import { faultStage, RECOVERY_MS, type FaultStage } from './fault-stage';
import { worksAgain } from './progress';

const EVENTS = shortOrLong(500, 5_000);
const AWAY_MS = shortOrLong(1_000, 30_000);
/** Within this, once the new primary takes connections. */
const ACCEPTS_MS = 5_000;

describe('a Postgres whose standby takes its place', () => {
  let stage: FaultStage;
  let postgres: ReplicatedPostgres;
  let database: ProxiedDatabase;
  let borrowers: Borrowers;
  beforeAll(async () => {
    postgres = await startReplicatedPostgres();
    database = await throughProxy(postgres, ['app', 'accept', 'dispatcher', 'operator']);
    stage = await faultStage({ queue: 'redis', database });
  }, 120_000);
  afterAll(async () => {
    await borrowers?.close();
    // The hub closes its database.
    await stage?.hub.stop();
  });

  faultRow(
    'Postgres fails over to its standby',
    '503 and Retry-After, never a false 202; accepts again within 5 s; no setting leaks',
    async (told) => {
      const { hub } = stage;
      const run = await stage.begin({ count: EVENTS });
      borrowers = new Borrowers(database.urls.app, [run.tenant.uuid, (await hub.newTenant()).uuid]);
      await run.load.reached(EVENTS * 0.3);
      // What the first server stores from here on is lost with it: nobody may have been told that it is there.
      await postgres.separate();
      await postgres.failPrimary();
      await waitUntil('refusals', async () => run.load.count(503) > 0);
      await delay(AWAY_MS);
      await expectRefusal('while-away');
      // The address moves first: what can be reached there can be read, and refuses to be written to.
      database.proxy.lead(postgres.standbyPort);
      await waitUntil(
        'reads to be answered',
        async () => (await run.tenant.client.get('/v1/connections')).status === 200,
      );
      await expectRefusal('while-read-only');
      const accepted = run.load.acknowledged.size;
      await postgres.promote();
      const since = Date.now();
      await waitUntil('events to be accepted', async () => run.load.acknowledged.size > accepted, ACCEPTS_MS);
      told.note(`${AWAY_MS / 1_000} s away, accepts after ${((Date.now() - since) / 1_000).toFixed(1)} s`);
      told.recovered(await worksAgain(hub, run, RECOVERY_MS));
      await run.load.finished;
      expect(run.load.countOf(5)).toBe(run.load.count(503));
      expect(run.load.rude).toEqual([]);
      await run.expectNothingLost();
      await borrowers.expectNothingLeaked();
      told.note(`${run.load.count(503)} requests were told 503`);
      for (const process of [...hub.apis, ...hub.workers]) expect(process.isRunning).toBe(true);

      async function expectRefusal(eventId: string): Promise<void> {
        const event = { event_id: eventId, type: 'order.created', data: {} };
        const refused = await run.tenant.client.post('/v1/events', event);
        expectProblem(refused, 503, 'storage_unavailable');
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    },
  );
});
