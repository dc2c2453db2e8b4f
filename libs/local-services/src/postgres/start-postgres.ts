import { rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { LocalServiceError } from '../errors/local-service.error';
import { launchOnPort } from '../net/launch-on-port';
import { assertPortFree, checkPortFree, LOOPBACK } from '../net/ports';
import { startChildService, type ChildService } from '../process/child-service';
import { chooseIdentity, type ProcessIdentity } from '../process/process-identity';
import { claimFolder, openServiceFolder } from '../process/service-folder';
import { acquireServiceLock } from '../process/service-lock';
import { stopStaleService } from '../process/stale-service';
import { assertSupportedPlatform } from '../process/supported-platform';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries';
import { clusterFolder, createCluster, readDataMajor, SUPERUSER } from './postgres-cluster';
import { waitUntilReady } from './postgres-readiness';
import { postgresArguments } from './postgres-settings';
import { type RunningPostgres, type StartPostgresOptions } from './postgres.types';

const NAME = 'Postgres';

interface Preparation {
  readonly options: StartPostgresOptions;
  readonly serviceFolder: string;
  readonly identity: ProcessIdentity;
  readonly binaries: PostgresBinaries;
  readonly log: (line: string) => void;
}

interface ReadyServer {
  readonly server: ChildService;
  readonly port: number;
  readonly version: string;
}

function checkOptions(options: StartPostgresOptions): void {
  assertSupportedPlatform(NAME);
  // initdb reads the first line of a file; anything that does not survive that would lock everyone out.
  if (options.superuserPassword === '' || /[\r\n\0]/.test(options.superuserPassword)) {
    throw new LocalServiceError(
      'INVALID_OPTION',
      'the superuser password is empty or holds a line break',
      'Choose a password of printable characters.',
    );
  }
  // Refuses a bad setting before anything is created on disk.
  postgresArguments('', 0, true, options.settings);
}

/** Data of a killed run are closed cleanly before anything else, since its server may also hold the wanted port. */
async function clearEarlierRun(serviceFolder: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(clusterFolder(serviceFolder), 'postmaster.pid');
  const outcome = await stopStaleService({
    pidFile,
    commands: ['postgres', 'postmaster'],
    folder: clusterFolder(serviceFolder),
    name: NAME,
    softSignal: 'SIGINT',
    hardSignal: 'SIGQUIT',
    log,
  });
  // Postgres copes with a dead number by itself, but takes a reused one for a running server and refuses to start.
  if (outcome === 'misleading') await rm(pidFile, { force: true });
}

async function prepare(
  options: StartPostgresOptions,
  serviceFolder: string,
  log: (line: string) => void,
): Promise<Preparation> {
  const identity = await chooseIdentity(serviceFolder, options.searchPath);
  const dataMajor = await readDataMajor(serviceFolder);
  if (dataMajor !== null) await claimFolder(clusterFolder(serviceFolder), identity);
  const binaries = await findPostgresBinaries({
    identity,
    cacheDir: options.cacheDir ?? join(serviceFolder, 'runtime'),
    dataMajor,
    source: options.source,
    searchPath: options.searchPath,
    log,
  });
  log(`using the ${binaries.source} Postgres ${binaries.major} in ${binaries.folder}, ${identity.description}`);
  if (identity.kind === 'namespace') {
    log(
      "the data folder is closed to other accounts, so the database keeps root's file access; a folder such as /var/lib/hub avoids that",
    );
  }
  if (dataMajor === null) {
    const { superuserPassword, durable = true } = options;
    log(`creating a database in ${clusterFolder(serviceFolder)}`);
    await createCluster({ serviceFolder, superuserPassword, durable, identity, binaries });
  }
  return { options, serviceFolder, identity, binaries, log };
}

/** Null: the server ended because somebody else took the port in the meantime. */
async function tryPort(preparation: Preparation, port: number): Promise<ReadyServer | null> {
  const { options, identity, binaries, log } = preparation;
  const folder = clusterFolder(preparation.serviceFolder);
  const server = await startChildService({
    name: NAME,
    invocation: identity.invoke(
      join(binaries.folder, 'postgres'),
      postgresArguments(folder, port, options.durable ?? true, options.settings),
    ),
    log,
    exitWithParent: options.exitWithParent ?? true,
    softSignal: 'SIGINT',
    hardSignal: 'SIGQUIT',
  });
  try {
    const version = await waitUntilReady({ server, folder, port, password: options.superuserPassword });
    if (version !== null) return { server, port, version };
  } catch (error) {
    await server.stop();
    throw error;
  }
  if (!(await checkPortFree(port, NAME)).ok) return null;
  const lines = await server.recentLines();
  throw new LocalServiceError(
    'START_FAILED',
    `Postgres ended while starting: ${lines.slice(-5).join(' | ')}`,
    'See the reason it gave; a setting it does not know or a damaged data folder are the usual ones.',
  );
}

/**
 * Starts a private Postgres (15 or newer) on 127.0.0.1 and resolves when it accepts connections. The first start
 * creates the cluster (scram-sha-256, UTF-8, checksums), later ones open it again; an orphan of a killed run is
 * shut down before. Never runs as root: see `chooseIdentity`.
 * @throws LocalServiceError with the code, the reason and the cure
 */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  checkOptions(options);
  const log = options.log ?? (() => undefined);
  const dataDir = isAbsolute(options.dataDir) ? options.dataDir : resolve(options.dataDir);
  const serviceFolder = await openServiceFolder(dataDir);
  const lock = await acquireServiceLock(join(serviceFolder, 'postgres.owner.json'), NAME);
  try {
    await clearEarlierRun(serviceFolder, log);
    if (options.port !== undefined && options.port !== 0) await assertPortFree(options.port, NAME);
    const preparation = await prepare(options, serviceFolder, log);
    const { server, port, version } = await launchOnPort(NAME, options.port ?? 0, (port) => tryPort(preparation, port));
    const released = server.exited.then(() => lock.release());
    log(`Postgres ${version} is ready on ${LOOPBACK}:${port}`);
    return {
      port,
      pid: server.pid,
      url: `postgres://${SUPERUSER}:${encodeURIComponent(options.superuserPassword)}@${LOOPBACK}:${port}/postgres`,
      version,
      source: preparation.binaries.source,
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
