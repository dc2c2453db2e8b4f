import { createTestDatabase } from '@hub/testing';
import { cutCommits, throughProxy, type ProxiedDatabase } from '../support/proxied-database';
import { faultRow } from './fault-row';
import { faultStage, type FaultStage } from './fault-stage';

const EVENTS = 1_000;

describe('a line to Postgres that breaks after COMMIT was sent and before it was answered', () => {
  let stage: FaultStage;
  let accepting: ProxiedDatabase;
  let working: ProxiedDatabase;
  beforeAll(async () => {
    accepting = await throughProxy(await createTestDatabase(), ['accept']);
    working = await throughProxy({ ...accepting, close: () => Promise.resolve() }, ['app']);
    const workerEnv = (): Record<string, string> => ({ HUB_DB_APP_URL: working.urls.app });
    stage = await faultStage({ queue: 'redis', database: accepting, workerEnv });
  }, 120_000);
  afterAll(async () => {
    await stage?.hub.stop();
    await working?.proxy.close();
  });

  faultRow('ambiguous COMMIT of an accept', 'a repeat resolves to 200; nothing lost, nothing twice', async (told) => {
    const run = await stage.begin({ count: EVENTS });
    await run.load.reached(50);
    const cut = cutCommits(accepting.proxy, 5, 12);
    await run.load.finished;
    expect(cut()).toBe(12);
    expect(run.load.countOf(5)).toBe(run.load.count(503));
    expect(run.load.rude).toEqual([]);
    expect(run.load.replayed).toBeGreaterThan(0);
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    told.note(`${cut()} commits cut, ${run.load.replayed} repeats were told 200`);
  });

  faultRow('ambiguous COMMIT of a settlement', 'what was written is not sent again', async (told) => {
    const run = await stage.begin({ count: EVENTS });
    await run.load.reached(50);
    const cut = cutCommits(working.proxy, 5, 12);
    await run.load.finished;
    expect(await run.expectNothingLost()).toEqual({ repeats: 0 });
    expect(cut()).toBe(12);
    told.note(`${cut()} commits cut`);
  });
});
