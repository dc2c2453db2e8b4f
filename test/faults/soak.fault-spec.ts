import { setTimeout as delay } from 'node:timers/promises';
import { faultRow } from './fault-row';
import { faultStage, MOST_REPEATS, RECOVERY_MS, type FaultStage } from './fault-stage';
import { worksAgain } from './progress';

/** `HUB_SOAK_EVENTS` for another number. */
const EVENTS = Number(process.env['HUB_SOAK_EVENTS'] ?? 50_000);
const KILLS = 10;

describe('the soak', () => {
  let stage: FaultStage;
  beforeAll(async () => {
    stage = await faultStage({ queue: 'redis', workers: 2 });
  }, 120_000);
  afterAll(() => stage?.hub.stop());

  faultRow(
    `${EVENTS.toLocaleString('en')} deliveries with ${KILLS} kill -9`,
    'each delivered; distinct effects exactly 1 a key; ≤ 20 s',
    async (told) => {
      const { hub } = stage;
      const run = await stage.begin({ count: EVENTS, settleMs: 600_000 });
      const startedAt = Date.now();
      const victims = [...hub.workers, ...hub.apis];
      let kills = 0;
      for (let n = 0; n < KILLS; n++) {
        await run.load.reached(Math.floor(((n + 0.5) * EVENTS) / KILLS));
        const victim = victims[n % victims.length];
        const killed = Date.now();
        await victim?.kill();
        kills++;
        // An orchestrator takes a moment to notice.
        await delay(500);
        await victim?.start();
        await worksAgain(hub, run, RECOVERY_MS);
        told.recovered((Date.now() - killed) / 1_000);
      }
      await run.load.finished;
      expect(run.load.countOf(5)).toBe(0);
      const { repeats } = await run.expectNothingLost();
      told.note(`${kills} kills, ${repeats} calls repeated, ${Math.round((Date.now() - startedAt) / 1_000)} s in all`);
      expect(repeats).toBeLessThanOrEqual(KILLS * MOST_REPEATS);
    },
    1_800_000,
  );
});
