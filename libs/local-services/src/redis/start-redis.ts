import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { LocalServiceError } from '../errors/local-service.error';
import { launchOnPort } from '../net/launch-on-port';
import { checkPortFree, LOOPBACK } from '../net/ports';
import { waitFor } from '../net/wait-for';
import { startChildService, type ChildService, type ServiceExit } from '../process/child-service';
import { chooseIdentity, selfIdentity, type ProcessIdentity } from '../process/process-identity';
import { searchFolders } from '../process/run-command';
import { claimFolder, openServiceFolder } from '../process/service-folder';
import { acquireServiceLock } from '../process/service-lock';
import { stopStaleService } from '../process/stale-service';
import { findRedisBinary, type RedisBinary } from './redis-binary';
import { redisConfig } from './redis-config';

export interface StartRedisOptions {
  /** Folder for this server; created when absent. Its files are in `redisdata` below it. */
  readonly dataDir: string;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Keep the data in an append-only file, flushed every second. True when absent. */
  readonly persist?: boolean;
  /** Stop the server when this process dies, `kill -9` included. True when absent. */
  readonly exitWithParent?: boolean;
  /** The caller's PATH; the usual system folders are searched after it. */
  readonly searchPath?: string;
  /** Receives progress and the server's own log, line by line. */
  readonly log?: (line: string) => void;
}

export interface RunningRedis {
  /** Holds the password, which is new at every start. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly version: string;
  /** Settles when the server has ended, wanted or not. */
  readonly exited: Promise<ServiceExit>;
  /** @throws LocalServiceError `STOP_FAILED` */
  stop(): Promise<void>;
}

const NAME = 'Redis';
/** Replaying a large append-only file comes before readiness. */
const READY_TIMEOUT_MS = 120_000;

interface Preparation {
  readonly options: StartRedisOptions;
  readonly identity: ProcessIdentity;
  readonly binary: RedisBinary;
  readonly folder: string;
  readonly log: (line: string) => void;
}

interface ReadyServer {
  readonly server: ChildService;
  readonly port: number;
  readonly password: string;
}

/** Unlike Postgres, Redis may run as root: worse than not, better than no queue at all. */
async function chooseRedisIdentity(folder: string, searchPath?: string): Promise<ProcessIdentity> {
  try {
    return await chooseIdentity(folder, searchPath);
  } catch (error) {
    if (error instanceof LocalServiceError && error.code === 'DATA_DIR_UNREACHABLE') return selfIdentity();
    throw error;
  }
}

/** Whether our own server answers: a foreign one on the port has another password or another process number. */
async function answersPing(server: ChildService, port: number, password: string): Promise<boolean> {
  const client = new Redis({
    host: LOOPBACK,
    port,
    password,
    lazyConnect: true,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    // After a refused connection ioredis would keep the event loop busy for this long; its default is 2 s.
    disconnectTimeout: 50,
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Refused with LOADING while the append-only file is read.
    await client.ping();
    return new RegExp(`^process_id:${server.pid}\\r?$`, 'm').test(await client.info('server'));
  } catch {
    return false;
  } finally {
    client.disconnect();
  }
}

/** Null: the server ended because somebody else took the port in the meantime. */
async function tryPort(preparation: Preparation, port: number): Promise<ReadyServer | null> {
  const { options, identity, binary, folder, log } = preparation;
  const password = randomBytes(24).toString('base64url');
  const pidFile = join(folder, 'redis.pid');
  const server = await startChildService({
    name: NAME,
    invocation: identity.invoke(binary.file, ['-']),
    input: redisConfig({ port, password, folder, pidFile, persist: options.persist ?? true }),
    log,
    exitWithParent: options.exitWithParent ?? true,
    softSignal: 'SIGTERM',
    hardSignal: 'SIGKILL',
  });
  try {
    const outcome = await waitFor(
      async () => (server.hasExited() ? 'ended' : (await answersPing(server, port, password)) && 'ready'),
      { what: 'the start of Redis', timeoutMs: READY_TIMEOUT_MS, intervalMs: 10 },
    );
    if (outcome === 'ready') return { server, port, password };
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (!(await checkPortFree(port, NAME)).ok) return null;
  const lines = await server.recentLines();
  throw new LocalServiceError(
    'START_FAILED',
    `Redis ended while starting: ${lines.slice(-5).join(' | ')}`,
    `See the reason it gave; a damaged append-only file in ${folder} is repaired with redis-check-aof.`,
  );
}

/** Two servers appending to one file would destroy it, so an orphan goes first. */
async function clearEarlierRun(folder: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(folder, 'redis.pid');
  await stopStaleService({
    pidFile,
    commands: ['redis-server', 'valkey-server'],
    folder,
    name: NAME,
    softSignal: 'SIGTERM',
    hardSignal: 'SIGKILL',
    log,
  });
  await rm(pidFile, { force: true });
}

/**
 * Starts a private Redis (or Valkey) 6.2 or newer on 127.0.0.1 behind a generated password.
 * @returns null when the machine has none: the caller then uses what needs no Redis
 * @throws LocalServiceError with the code, the reason and the cure
 */
export async function startRedis(options: StartRedisOptions): Promise<RunningRedis | null> {
  const log = options.log ?? (() => undefined);
  const folders = searchFolders(options.searchPath);
  if (process.platform === 'win32' || (await findRedisBinary(selfIdentity(), folders, log)) === null) return null;
  const serviceFolder = await openServiceFolder(resolve(options.dataDir));
  const folder = join(serviceFolder, 'redisdata');
  const lock = await acquireServiceLock(join(serviceFolder, 'redis.owner.json'), NAME);
  try {
    await clearEarlierRun(folder, log);
    const identity = await chooseRedisIdentity(serviceFolder, options.searchPath);
    const binary = await findRedisBinary(identity, folders, log);
    if (binary === null) {
      await lock.release();
      return null;
    }
    await claimFolder(folder, identity);
    log(`using ${binary.file} ${binary.version}, ${identity.description}`);
    const preparation = { options, identity, binary, folder, log };
    const { server, port, password } = await launchOnPort(NAME, options.port ?? 0, (port) =>
      tryPort(preparation, port),
    );
    const released = server.exited.then(() => lock.release());
    log(`Redis ${binary.version} is ready on ${LOOPBACK}:${port}`);
    return {
      url: `redis://:${password}@${LOOPBACK}:${port}/0`,
      port,
      pid: server.pid,
      version: binary.version,
      exited: server.exited,
      stop: async () => {
        await server.stop();
        await released;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
