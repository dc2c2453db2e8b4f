import { randomUUID } from 'node:crypto';
import { chown, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { type ProcessIdentity } from '../process/process-identity';
import { runCommand, type CommandOutcome } from '../process/run-command';
import { claimFolder, foreignFolder } from '../process/service-folder';
import { type PostgresBinaries } from './postgres-binaries';

export const SUPERUSER = 'postgres';

export interface NewCluster {
  /** Parent of `pgdata`. */
  readonly serviceFolder: string;
  readonly superuserPassword: string;
  readonly durable: boolean;
  readonly identity: ProcessIdentity;
  readonly binaries: PostgresBinaries;
}

export function clusterFolder(serviceFolder: string): string {
  return join(serviceFolder, 'pgdata');
}

/**
 * Major version of the cluster in the folder; null when there is none yet. A folder that cannot be read or holds
 * something else is not "none": creating a database there would end in a half-way failure at best.
 * @throws LocalServiceError `DATA_DIR_UNUSABLE`
 */
export async function readDataMajor(serviceFolder: string): Promise<number | null> {
  const folder = clusterFolder(serviceFolder);
  try {
    const entries = await readdir(folder);
    if (entries.length === 0) return null;
    const major = Number.parseInt(await readFile(join(folder, 'PG_VERSION'), 'utf8'), 10);
    if (!Number.isNaN(major)) return major;
  } catch (error) {
    const reason = systemCode(error);
    if (reason === 'EACCES' || reason === 'EPERM') throw foreignFolder(folder, reason, error);
    if (reason !== 'ENOENT') throw error;
    if (await isAbsent(folder)) return null;
  }
  throw new LocalServiceError(
    'DATA_DIR_UNUSABLE',
    `${folder} is not empty and not a database`,
    'Move its content away, or choose another data folder.',
  );
}

async function isAbsent(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => false,
    () => true,
  );
}

/**
 * Code-point order and Unicode case rules that do not depend on the machine's installed locales. Since 17 Postgres
 * brings `C.UTF-8` itself; before, it is the C library's, which macOS and old distributions lack: hence plain C last.
 */
function localeChoices(major: number): string[][] {
  if (major >= 17) return [['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']];
  return [
    ['--locale-provider=libc', '--locale=C.UTF-8'],
    ['--locale-provider=libc', '--locale=C'],
  ];
}

async function runInitdb(cluster: NewCluster, folder: string, passwordFile: string): Promise<CommandOutcome> {
  const { identity, binaries } = cluster;
  let outcome: CommandOutcome = { ok: false, output: '' };
  for (const locale of localeChoices(binaries.major)) {
    await rm(folder, { recursive: true, force: true });
    await claimFolder(folder, identity);
    outcome = await runCommand(
      identity.invoke(join(binaries.folder, 'initdb'), [
        ...['--pgdata', folder, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`],
        ...['--auth=scram-sha-256', '--encoding=UTF8', '--data-checksums', '--no-instructions'],
        ...locale,
        ...(cluster.durable ? [] : ['--no-sync']),
      ]),
    );
    if (outcome.ok) break;
  }
  return outcome;
}

/**
 * Creates the cluster under another name and renames it when complete: a start killed half-way leaves rubbish
 * that the next one removes, never a `pgdata` that looks finished.
 * @throws LocalServiceError `INIT_FAILED`
 */
export async function createCluster(cluster: NewCluster): Promise<void> {
  const { serviceFolder, identity } = cluster;
  const unfinished = join(serviceFolder, 'pgdata.unfinished');
  const passwordFile = join(serviceFolder, `.initial-${randomUUID()}`);
  try {
    await writeFile(passwordFile, `${cluster.superuserPassword}\n`, { mode: 0o600, flag: 'wx' });
    if (identity.kind === 'account') await chown(passwordFile, identity.ownerUid, identity.ownerGid);
    const outcome = await runInitdb(cluster, unfinished, passwordFile);
    if (!outcome.ok) {
      throw new LocalServiceError(
        'INIT_FAILED',
        `the database could not be created in ${serviceFolder}: ${lastLines(outcome.output)}`,
        'See the reason given; most often the disk is full or the user running it has no entry in /etc/passwd.',
      );
    }
    await rename(unfinished, clusterFolder(serviceFolder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function lastLines(output: string): string {
  return output.split('\n').slice(-4).join(' | ');
}
