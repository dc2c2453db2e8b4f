import { createTestDatabase, type TestDatabase } from '@hub/testing';
import { DatabaseClock } from './database-clock';
import { Heartbeat, listProcesses, readBacklog } from './heartbeat';

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
}, 60_000);

afterAll(() => test.close());

const known = async (): Promise<string[]> => (await listProcesses(test.operator)).map(({ id }) => id);

describe('heartbeats', () => {
  it('tell which processes are there, until they stop', async () => {
    const api = new Heartbeat({ database: test.app, kind: 'api', id: 'a-1' });
    const worker = new Heartbeat({ database: test.app, kind: 'worker', id: 'w-1' });
    await Promise.all([api.start(), worker.start()]);
    const [first, second] = await listProcesses(test.operator);
    expect([first?.kind, second?.kind]).toEqual(['api', 'worker']);
    expect(first).toMatchObject({ id: 'a-1', pid: process.pid });
    expect(first?.silent_seconds).toBeLessThan(10);
    await api.stop();
    expect(await known()).toEqual(['w-1']);
    await worker.stop();
    expect(await known()).toEqual([]);
  });

  it('of processes that were killed are forgotten in time', async () => {
    await test.app.query(`insert into processes (id, kind, host, pid, seen_at) values
      ('old', 'api', 'h', 1, now() - interval '2 hours'), ('silent', 'api', 'h', 2, now() - interval '5 minutes')`);
    const api = new Heartbeat({ database: test.app, kind: 'api', id: 'a-2' });
    await api.start();
    expect((await known()).sort()).toEqual(['a-2', 'silent']);
    await api.stop();
  });

  it.each([400_000, -400_000])(
    'tell a process whose clock is %d ms off what the time is, also as that is set',
    async (offMs) => {
      const rightMs = Date.now.bind(Date);
      const asDatabase = (ms: number): void => expect(Math.abs(ms - rightMs())).toBeLessThan(10_000);
      const clock = new DatabaseClock();
      const wrong = jest.spyOn(Date, 'now').mockImplementation(() => rightMs() + offMs);
      const api = new Heartbeat({ database: test.app, kind: 'api', id: 'a-3', clock });
      await api.start();
      asDatabase(clock.now());
      wrong.mockImplementation(() => rightMs() - offMs);
      asDatabase(clock.now());
      wrong.mockRestore();
      await api.stop();
    },
  );

  it('come with a backlog that is for the operator alone', async () => {
    await expect(test.app.query('select * from platform_backlog(1)')).rejects.toThrow('permission denied');
    expect(await readBacklog(test.operator)).toEqual({ due: 0, oldestDueAt: null });
  });
});
