import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { startInOtherProcess, type StarterProcess } from '../fixtures/starter-process';
import { LOOPBACK } from '../net/ports';
import { waitFor } from '../net/wait-for';
import { selfIdentity } from '../process/process-identity';
import { inspectProcess } from '../process/process-table';
import { searchFolders } from '../process/run-command';
import { findRedisBinary } from './redis-binary';
import { startRedis, type RunningRedis, type StartRedisOptions } from './start-redis';

jest.setTimeout(60_000);

async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

describe('startRedis', () => {
  let scratch: string;
  let started: RunningRedis[];
  let starters: StarterProcess[];
  let lines: string[];

  beforeAll(async () => {
    if ((await findRedisBinary(selfIdentity(), searchFolders(), () => undefined)) === null) {
      throw new Error('these tests need redis-server or valkey-server 6.2 or newer');
    }
  });
  beforeEach(async () => {
    scratch = await makeScratchFolder();
    started = [];
    starters = [];
    lines = [];
  });
  afterEach(async () => {
    for (const starter of starters) await starter.kill('SIGKILL');
    for (const starter of starters) await gone(starter.service.pid);
    for (const server of started) await server.stop();
    await removeScratchFolder(scratch);
  });

  const gone = (pid: number) =>
    waitFor(async () => (await inspectProcess(pid)) === null, { what: `the end of process ${pid}` });
  async function start(more: Partial<StartRedisOptions> = {}): Promise<RunningRedis> {
    const server = await startRedis({ dataDir: scratch, log: (line) => void lines.push(line), ...more });
    if (server === null) throw new Error('no server');
    started.push(server);
    return server;
  }
  async function startElsewhere(more: Record<string, unknown>): Promise<StarterProcess> {
    const starter = await startInOtherProcess('startRedis', { dataDir: scratch, ...more });
    starters.push(starter);
    return starter;
  }

  it('is private, evicts nothing, keeps its password out of sight, and ends cleanly', async () => {
    const server = await start();
    const { password } = new URL(server.url);
    const config = await withClient(server.url, async (client) => [
      await client.config('GET', 'maxmemory-policy'),
      await client.config('GET', 'appendonly'),
      await client.config('GET', 'appendfsync'),
      await client.config('GET', 'bind'),
      await client.config('GET', 'save'),
    ]);
    expect(config).toEqual([
      ['maxmemory-policy', 'noeviction'],
      ['appendonly', 'yes'],
      ['appendfsync', 'everysec'],
      ['bind', LOOPBACK],
      ['save', ''],
    ]);
    await expect(withClient(`redis://${LOOPBACK}:${server.port}`, (client) => client.get('x'))).rejects.toThrow(
      /NOAUTH|closed/,
    );
    expect(password.length).toBeGreaterThanOrEqual(32);
    expect(lines.join('\n')).not.toContain(password);
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')).not.toContain(password);
      const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);
      expect(uid).not.toBe(0);
    }
    await Promise.all([server.stop(), server.stop()]);
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(await inspectProcess(server.pid)).toBeNull();
  });

  it('keeps what was written when asked to, with a new password each time', async () => {
    const first = await start({ persist: true });
    await withClient(first.url, (client) => client.set('kept', 'yes'));
    await first.stop();
    const second = await start({ persist: true });
    expect(await withClient(second.url, (client) => client.get('kept'))).toBe('yes');
    expect(new URL(second.url).password).not.toBe(new URL(first.url).password);
  });

  it('forgets everything when not asked to persist', async () => {
    const first = await start({ persist: false });
    await withClient(first.url, (client) => client.set('kept', 'yes'));
    await first.stop();
    const second = await start({ persist: false });
    expect(await withClient(second.url, (client) => client.get('kept'))).toBeNull();
  });

  it('runs two at once, in separate folders only', async () => {
    const [a, b] = await Promise.all([
      start({ dataDir: join(scratch, 'a') }),
      start({ dataDir: join(scratch, 'b "quoted" dir') }),
    ]);
    expect(a.port).not.toBe(b.port);
    await expect(startRedis({ dataDir: join(scratch, 'a') })).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  });

  it('names the port that is in use', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, LOOPBACK, resolve));
    const { port } = blocker.address() as AddressInfo;
    await expect(startRedis({ dataDir: scratch, port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `port ${port} is in use, but Redis needs it`,
    });
    await new Promise((resolve) => blocker.close(resolve));
    expect((await start({ port })).port).toBe(port);
  });

  it('ends with its parent when that is killed', async () => {
    const other = await startElsewhere({ exitWithParent: true });
    await withClient(other.service.url, (client) => client.set('kept', 'yes'));
    await other.kill('SIGKILL');
    await gone(other.service.pid);
    expect(await withClient((await start()).url, (client) => client.get('kept'))).toBe('yes');
  });

  it('stops the orphan of a killed parent at the next start and loses nothing', async () => {
    const other = await startElsewhere({ exitWithParent: false });
    await withClient(other.service.url, (client) => client.set('kept', 'yes'));
    await other.kill('SIGKILL');
    expect(await inspectProcess(other.service.pid)).not.toBeNull();
    const server = await start({ port: other.service.port });
    expect(await inspectProcess(other.service.pid)).toBeNull();
    expect(await withClient(server.url, (client) => client.get('kept'))).toBe('yes');
  });

  it('tells whoever waits when it crashes, and can be started again', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await withClient((await start()).url, (client) => client.ping())).toBe('PONG');
  });
});
