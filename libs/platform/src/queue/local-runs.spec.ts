import { waitUntil } from '@hub/testing';
import { newUuid } from '../ids/ids';
import { type DrainTarget } from './drain-queue';
import { LocalRuns } from './local-runs';

const targets = (count: number): DrainTarget[] =>
  Array.from({ length: count }, () => ({ tenantId: newUuid(), connectionId: newUuid() }));

/** Runs that end when the test says so. */
function stage(concurrency: number): {
  runs: LocalRuns<DrainTarget>;
  started: string[];
  idle: () => number;
  end: (connectionId: string, error?: Error) => Promise<void>;
} {
  const started: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  let idle = 0;
  const runs = new LocalRuns<DrainTarget>({
    concurrency,
    keyOf: ({ connectionId }) => connectionId,
    failed: () => undefined,
    idle: () => idle++,
    run: ({ connectionId }) =>
      new Promise((resolve, reject) => {
        started.push(connectionId);
        ends.set(connectionId, (error) => (error === undefined ? resolve() : reject(error)));
      }),
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const end = async (connectionId: string, error?: Error): Promise<void> => {
    ends.get(connectionId)?.(error);
    await settle();
  };
  return { runs, started, idle: () => idle, end };
}

describe('work without the queue', () => {
  it('runs so many at once, each target once, and the others as lanes get free', async () => {
    const { runs, started, end } = stage(2);
    const [a, b, c] = targets(3) as [DrainTarget, DrainTarget, DrainTarget];
    runs.add([a, b, c]);
    runs.add([a, b, c]);
    await end('nobody');
    expect(started).toEqual([a.connectionId, b.connectionId]);
    await end(b.connectionId);
    expect(started).toEqual([a.connectionId, b.connectionId, c.connectionId]);
  });

  it('lets one that needs another run wait for those that were there before it', async () => {
    const { runs, started, end } = stage(1);
    const [a, b] = targets(2) as [DrainTarget, DrainTarget];
    runs.add([a, b]);
    await end('nobody');
    await end(a.connectionId);
    runs.add([a]);
    await end(b.connectionId);
    expect(started).toEqual([a.connectionId, b.connectionId, a.connectionId]);
  });

  it('asks for more when nothing waits, and not after a run that failed', async () => {
    const { runs, idle, end } = stage(2);
    const [a, b] = targets(2) as [DrainTarget, DrainTarget];
    runs.add([a, b]);
    await end('nobody');
    await end(a.connectionId, new Error('as the test wants'));
    expect(idle()).toBe(0);
    await end(b.connectionId);
    expect(idle()).toBe(1);
  });

  it('survives a run that throws at once, and takes it again', async () => {
    let tries = 0;
    const runs = new LocalRuns<DrainTarget>({
      concurrency: 1,
      keyOf: ({ connectionId }) => connectionId,
      failed: () => undefined,
      idle: () => undefined,
      run: () => {
        tries++;
        throw new Error('as the test wants');
      },
    });
    const [a] = targets(1) as [DrainTarget];
    runs.add([a]);
    await waitUntil('the first try', () => Promise.resolve(tries === 1));
    await new Promise((resolve) => setImmediate(resolve));
    runs.add([a]);
    await waitUntil('the second try', () => Promise.resolve(tries === 2));
  });

  it('starts nothing once stopped, and waits for what runs', async () => {
    const { runs, started, idle, end } = stage(1);
    const [a, b] = targets(2) as [DrainTarget, DrainTarget];
    runs.add([a, b]);
    await end('nobody');
    let stopped = false;
    const stopping = runs.stop().then(() => (stopped = true));
    await end('nobody');
    expect(stopped).toBe(false);
    await end(a.connectionId);
    await stopping;
    expect(started).toEqual([a.connectionId]);
    expect(idle()).toBe(0);
  });
});
