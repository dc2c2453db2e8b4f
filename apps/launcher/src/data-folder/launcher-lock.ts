import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from '../launcher-error';

export interface LauncherLock {
  /** Whether an earlier launcher was killed without giving the lock back: its children may take a moment to end. */
  readonly wasAbandoned: boolean;
  release(): Promise<void>;
}

/** Addresses of Unix sockets have 104 bytes on macOS, 108 on Linux, the closing zero included. */
const LONGEST_SOCKET_PATH = 100;
const ATTEMPTS = 5;

/**
 * One launcher for one data folder. The lock is a listening socket, because the kernel takes it away with the process
 * whatever way that dies; a file with a process number would outlive it and may name somebody else later.
 * Two launchers that meet an abandoned lock in the same instant may both take it: the lock of the database then
 * refuses the second, and with a database elsewhere its ports do.
 * @throws LauncherError naming the process that has it
 */
export async function lockDataFolder(folder: string): Promise<LauncherLock> {
  const path = socketPath(folder);
  let wasAbandoned = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const server = await tryListen(path);
    if (server !== null) return { wasAbandoned, release: () => close(server) };
    const holder = await askHolder(path);
    if (holder !== null) {
      throw new LauncherError(
        `a hub with the data folder ${folder} is already running (process ${holder})`,
        `Stop it with Ctrl-C in its terminal or "kill ${holder}", or start this one with other HUB_DATA_DIR, HUB_PORT and HUB_SANDBOX_PORT.`,
      );
    }
    wasAbandoned = true;
    await rm(path, { force: true });
    await delay(20 * attempt);
  }
  throw new LauncherError(
    `the lock ${path} can be neither taken nor removed`,
    'Remove that file when no hub uses the data folder, and start again.',
  );
}

function socketPath(folder: string): string {
  const inside = join(folder, 'launcher.sock');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  return join(tmpdir(), `hub-${digest}.sock`);
}

function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else
        reject(
          new LauncherError(
            `the lock ${path} cannot be created (${error.code ?? 'unknown reason'})`,
            'Choose a data folder on a local disk that this user may write to, with HUB_DATA_DIR.',
            { cause: error },
          ),
        );
    });
    server.listen(path, () => {
      // The lock alone is no reason to keep the process alive.
      server.unref();
      resolve(server);
    });
  });
}

/** The holder's process number, or null when nobody listens any more. */
function askHolder(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let answer = '';
    socket.setTimeout(2_000, () => {
      // Connected but silent: a launcher that is busy or stopped, and alive all the same.
      socket.destroy();
      resolve('unknown');
    });
    socket.on('data', (chunk) => (answer += chunk.toString('utf8')));
    socket.once('end', () => resolve(answer === '' ? 'unknown' : answer));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED' || error.code === 'ENOENT' ? null : 'unknown');
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
