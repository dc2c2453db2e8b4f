import { execFileSync, spawnSync } from 'node:child_process';
import { fromPublicId } from '@hub/platform';
import { waitUntil, type TestApi } from '@hub/testing';
import { stageHub, unique, type StagedHub, type StagedTenant } from '../support/staged-hub';
import { Load } from './load';

const PROCESSES = 2;

/** Several processes behind one port are one API: for whoever sends, counts, kills or stops it. */
describe('an API of several processes', () => {
  let hub: StagedHub;
  let tenant: StagedTenant;
  let api: TestApi;

  beforeAll(async () => {
    hub = await stageHub({ queue: 'redis', workers: 0, env: { HUB_API_PROCESSES: String(PROCESSES) } });
    tenant = await hub.newTenant({ rate_limit_per_minute: 1_000_000 });
    [api] = hub.apis as [TestApi];
  });
  afterAll(() => hub?.stop());

  const members = (): number[] =>
    execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
      .filter((match) => match?.[2] === String(api.pid) && match[3]?.includes('apps/api'))
      .map((match) => Number(match?.[1]));
  /** One that has ended and that nobody has collected, as in a container without an init, is gone. */
  const isAlive = (pid: number): boolean => {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return /^[^ZX]/.test(stdout.trim());
  };
  const events = (count: number) =>
    Array.from({ length: count }, () => ({ event_id: unique('e'), type: 'order.placed', data: { n: 1 } }));

  it('tells the figures of all of them as one', async () => {
    expect(members()).toHaveLength(PROCESSES);
    const load = new Load({ client: tenant.client, events: events(300), concurrency: 12 });
    await load.finished;
    const metrics = await (await fetch(api.metricsUrl)).text();
    expect(metrics).toContain('hub_events_total{outcome="accepted"} 300');
    expect(metrics).toContain('hub_queue_up 1');
  });

  it('goes on while one is killed, and replaces it', async () => {
    const load = new Load({ client: tenant.client, events: events(1_500), concurrency: 12 });
    await load.reached(300);
    const [victim = 0] = members();
    process.kill(victim, 'SIGKILL');
    await load.finished;
    expect(load.acknowledged.size).toBe(1_500);
    expect(load.countOf(5)).toBe(0);
    await waitUntil('another to be in its place', async () => members().length === PROCESSES && !isAlive(victim));
    const stored = await hub.database.asSuperuser((client) =>
      client.query('select count(*)::int as n from events where id = any($1::uuid[])', [
        [...load.acknowledged.values()].map(uuidOf),
      ]),
    );
    expect(stored.rows[0]).toEqual({ n: 1_500 });
  });

  it('ends as a whole, killed or stopped, and starts again', async () => {
    const first = members();
    await api.kill();
    await waitUntil('the others to end with it', async () => !first.some(isAlive));
    await api.start();
    const second = members();
    expect(second).toHaveLength(PROCESSES);
    await api.stop();
    expect(second.some(isAlive)).toBe(false);
  });
});

function uuidOf(trackingId: string): string {
  const uuid = fromPublicId('event', trackingId);
  if (uuid === null) throw new Error(`${trackingId} is no tracking id`);
  return uuid;
}
