import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LauncherError } from '../launcher-error';
import { lockDataFolder } from './launcher-lock';

describe('lockDataFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'hub-lock-')));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('refuses a second launcher, names the first, and lets another in once it is gone', async () => {
    const lock = await lockDataFolder(folder);
    const refusal = await lockDataFolder(folder).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LauncherError);
    expect((refusal as LauncherError).message).toContain(`process ${process.pid}`);
    expect((refusal as LauncherError).cure).toContain('HUB_DATA_DIR');
    await lock.release();
    const next = await lockDataFolder(folder);
    expect(next.wasAbandoned).toBe(false);
    await next.release();
  });

  it('takes over from a launcher that was killed, and says so', async () => {
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `require('net').createServer().listen(process.argv[1], () => console.log('held'))`,
        join(folder, 'launcher.sock'),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await lockDataFolder(folder);
    expect(lock.wasAbandoned).toBe(true);
    await lock.release();
  });

  it('works where the path is longer than a socket address can be', async () => {
    const deep = join(folder, 'x'.repeat(120));
    await mkdir(deep);
    const lock = await lockDataFolder(deep);
    await expect(lockDataFolder(deep)).rejects.toThrow('already running');
    await lock.release();
  });

  it('does not mix up two folders', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    const locks = [await lockDataFolder(folder), await lockDataFolder(other)];
    await Promise.all(locks.map((lock) => lock.release()));
  });
});
