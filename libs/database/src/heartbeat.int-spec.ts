import { createTestDatabase, waitUntil, type TestDatabase } from '@hub/testing';
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
    api.start();
    worker.start();
    await waitUntil('both', async () => (await known()).length === 2);
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
    api.start();
    await waitUntil('the heartbeat', async () => (await known()).includes('a-2'));
    expect((await known()).sort()).toEqual(['a-2', 'silent']);
    await api.stop();
  });

  it('come with a backlog that is for the operator alone', async () => {
    await expect(test.app.query('select * from platform_backlog(1)')).rejects.toThrow('permission denied');
    expect(await readBacklog(test.operator)).toEqual({ due: 0, oldestDueAt: null });
  });
});
