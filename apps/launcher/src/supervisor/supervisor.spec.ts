import { waitUntil } from '@hub/testing';
import { type ManagedService, type ProcessEnd, type ServiceRun } from './managed-service';
import { Supervisor, type SupervisorEvent } from './supervisor';

const LIMITS = { firstDelayMs: 1, maxDelayMs: 4, maxCrashes: 2, windowMs: 60_000 };

class FakeRun implements ServiceRun {
  private end: (end: ProcessEnd) => void = () => undefined;
  readonly exited = new Promise<ProcessEnd>((resolve) => (this.end = resolve));
  stops = 0;
  kills = 0;

  constructor(
    readonly pid: number,
    private readonly onStop: () => void = () => undefined,
  ) {}

  lastLines(): Promise<readonly string[]> {
    return Promise.resolve([`last words of ${this.pid}`]);
  }
  crash(code: number): void {
    this.end({ code, signal: null });
  }
  stop(): Promise<void> {
    this.stops++;
    this.onStop();
    this.end({ code: 0, signal: null });
    return Promise.resolve();
  }
  kill(): void {
    this.kills++;
  }
}

/** A service of which the test decides how each start goes. */
function fakeService(name: string, starts: (() => Promise<ServiceRun>)[]): ManagedService {
  return {
    name,
    start: async (onSpawn) => {
      const next = starts.shift();
      if (next === undefined) throw new Error(`${name} was started too often`);
      const run = await next();
      onSpawn(run);
      return run;
    },
  };
}

const started = (run: ServiceRun) => () => Promise.resolve(run);

describe('Supervisor', () => {
  const events: SupervisorEvent<string>[] = [];
  const kinds = () => events.map(({ kind }) => kind);
  const create = (stopOrder: readonly string[] = []) =>
    new Supervisor<string>({ stopOrder, limits: LIMITS, onEvent: (event) => events.push(event) });
  beforeEach(() => (events.length = 0));

  it('reports a crash with its last lines, starts again, and knows the new number', async () => {
    const [first, second] = [new FakeRun(10), new FakeRun(11)];
    const supervisor = create();
    await supervisor.start(fakeService('api', [started(first), started(second)]));
    expect(supervisor.pid('api')).toBe(10);
    first.crash(7);
    await waitUntil('the service to be started again', async () => kinds().includes('restarted'));
    expect(events).toEqual([
      { kind: 'crashed', name: 'api', how: 'ended with code 7', lines: ['last words of 10'], restartInMs: 1 },
      expect.objectContaining({ kind: 'restarted', name: 'api', pid: 11 }),
    ]);
    expect(supervisor.pid('api')).toBe(11);
    await supervisor.stop();
    expect(second.stops).toBe(1);
  });

  it('stops trying when a service crashes too often, and says which and why', async () => {
    const runs = [new FakeRun(1), new FakeRun(2), new FakeRun(3)];
    const supervisor = create();
    await supervisor.start(fakeService('worker', runs.map(started)));
    for (const run of runs) {
      await waitUntil('the worker to run again', async () => supervisor.pid('worker') === run.pid);
      run.crash(1);
    }
    const defeat = await supervisor.defeated;
    expect(defeat.message).toContain('worker');
    expect(defeat.message).toContain('code 1');
    expect(events.at(-1)).toMatchObject({ kind: 'crashed', restartInMs: null });
    await supervisor.stop();
  });

  it('counts a failed restart as a crash', async () => {
    const failing = () => Promise.reject(new Error('port is taken'));
    const first = new FakeRun(1);
    const supervisor = create();
    await supervisor.start(fakeService('api', [started(first), failing, failing]));
    first.crash(1);
    expect((await supervisor.defeated).message).toContain('port is taken');
    expect(kinds()).toEqual(['crashed', 'restart_failed', 'restart_failed']);
    await supervisor.stop();
  });

  it('passes the reason on when the first start fails, and does not try again', async () => {
    const supervisor = create();
    const service = fakeService('api', [() => Promise.reject(new Error('no settings'))]);
    await expect(supervisor.start(service)).rejects.toThrow('no settings');
    await supervisor.stop();
    expect(events).toEqual([]);
  });

  it('stops in the stated order and takes an end during the stop for no crash', async () => {
    const order: string[] = [];
    const supervisor = create(['api', 'worker', 'postgres']);
    for (const name of ['postgres', 'worker', 'api', 'extra']) {
      await supervisor.start(fakeService(name, [started(new FakeRun(1, () => order.push(name)))]));
    }
    await supervisor.stop();
    expect(order).toEqual(['api', 'worker', 'postgres', 'extra']);
    expect(events).toEqual([]);
  });

  it('stops the others when one will not end', async () => {
    const stubborn = new FakeRun(1);
    stubborn.stop = () => Promise.reject(new Error('will not'));
    const polite = new FakeRun(2);
    const supervisor = create(['api', 'worker']);
    await supervisor.start(fakeService('api', [started(stubborn)]));
    await supervisor.start(fakeService('worker', [started(polite)]));
    await supervisor.stop();
    expect(polite.stops).toBe(1);
    expect(events).toEqual([{ kind: 'stop_failed', name: 'api', reason: 'will not' }]);
  });

  it('does not start a crashed service again while stopping', async () => {
    const first = new FakeRun(1);
    const supervisor = new Supervisor<string>({
      stopOrder: [],
      limits: { ...LIMITS, firstDelayMs: 60_000, maxDelayMs: 60_000 },
      onEvent: (event) => events.push(event),
    });
    await supervisor.start(fakeService('api', [started(first)]));
    first.crash(1);
    await waitUntil('the crash to be told', async () => kinds().includes('crashed'));
    await supervisor.stop();
    expect(kinds()).toEqual(['crashed']);
    expect(supervisor.pid('api')).toBeNull();
  });

  it('stops what is still coming up', async () => {
    const slow = new FakeRun(5);
    let begun: (() => void) | null = null;
    const supervisor = create();
    const starting = supervisor.start(
      fakeService('postgres', [() => new Promise((resolve) => (begun = () => resolve(slow)))]),
    );
    const finish = await waitUntil('the start to be under way', async () => begun);
    const stopped = supervisor.stop();
    finish();
    await Promise.all([starting, stopped]);
    expect(slow.stops).toBeGreaterThan(0);
    await expect(supervisor.start(fakeService('api', [started(new FakeRun(6))]))).rejects.toThrow();
  });

  it('kills without waiting', async () => {
    const runs = [new FakeRun(1), new FakeRun(2)];
    const supervisor = create();
    for (const run of runs) await supervisor.start(fakeService(`s${run.pid}`, [started(run)]));
    supervisor.kill();
    expect(runs.map(({ kills }) => kills)).toEqual([1, 1]);
  });
});
