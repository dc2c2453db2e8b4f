import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeScratchFolder, removeScratchFolder } from '../fixtures/scratch-folder';
import { inspectProcess, isPidTaken } from './process-table';
import { stopStaleService, type StaleService } from './stale-service';

describe('stopStaleService', () => {
  let folder: string;
  let other: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await makeScratchFolder();
  });
  afterEach(async () => {
    other?.kill('SIGKILL');
    other = undefined;
    await removeScratchFolder(folder);
  });

  const stale = (commands: string[]): StaleService => ({
    pidFile: join(folder, 'x.pid'),
    commands,
    folder,
    name: 'X',
    softSignal: 'SIGINT',
    hardSignal: 'SIGQUIT',
    log: () => undefined,
  });

  async function run(file: string, args: string[], cwd: string): Promise<ChildProcess> {
    other = spawn(file, args, { cwd, stdio: 'ignore' });
    await once(other, 'spawn');
    await writeFile(join(folder, 'x.pid'), `${other.pid}\nmore\n`);
    return other;
  }

  it('finds nothing without a file, with rubbish in it, or with a dead number', async () => {
    expect(await stopStaleService(stale(['sleep']))).toBe('absent');
    for (const content of ['', 'x', '1', '0', '-5', String(2 ** 22 + 1)]) {
      await writeFile(join(folder, 'x.pid'), content);
      expect(await stopStaleService(stale(['sleep']))).toBe('absent');
    }
  });

  it('stops the server it finds', async () => {
    const child = await run('sleep', ['600'], folder);
    const ended = once(child, 'exit');
    expect(await stopStaleService(stale(['sleep']))).toBe('stopped');
    expect(await ended).toEqual([null, 'SIGINT']);
  });

  it('never signals a program of another name, or the right one in another folder', async () => {
    const child = await run('sleep', ['600'], folder);
    expect(await stopStaleService(stale(['postgres']))).toBe('misleading');
    child.kill('SIGKILL');
    const elsewhere = await run('sleep', ['600'], '/');
    expect(await stopStaleService(stale(['sleep']))).toBe(process.platform === 'linux' ? 'misleading' : 'stopped');
    if (process.platform === 'linux') expect(elsewhere.exitCode ?? elsewhere.signalCode).toBeNull();
  });

  it('takes a zombie for dead although its number is still taken', async () => {
    // The shell starts a child, replaces itself by sleep, and so never collects it.
    other = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [output] = (await once(other.stdout!, 'data')) as [Buffer];
    const zombie = Number(output.toString());
    while ((await inspectProcess(zombie)) !== null) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isPidTaken(zombie)).toBe(true);
    await writeFile(join(folder, 'x.pid'), String(zombie));
    expect(await stopStaleService(stale(['sleep']))).toBe('misleading');
  });
});
