import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { LOOPBACK } from '../net/ports';
import { waitFor } from '../net/wait-for';
import { type ChildService } from '../process/child-service';
import { SUPERUSER } from './postgres-cluster';

/** Crash recovery of a large log comes before readiness. */
const READY_TIMEOUT_MS = 120_000;
const WRONG_PASSWORD = '28P01';
const STATUS_LINE = 7;

interface Target {
  readonly server: ChildService;
  /** Real path of the cluster. */
  readonly folder: string;
  readonly port: number;
  readonly password: string;
}

/**
 * The server writes `ready` into its own pid file; asked first, because during start-up a foreign server could
 * answer on a port that ours has not managed to bind yet, and refused connections would only fill the log.
 */
async function hasReportedReady({ folder, server }: Target): Promise<boolean> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === server.pid && lines[STATUS_LINE]?.trim() === 'ready';
}

async function askVersion(target: Target): Promise<string | undefined> {
  const client = new Client({
    host: LOOPBACK,
    port: target.port,
    user: SUPERUSER,
    password: target.password,
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
  // Without a listener a lost connection would be an uncaught exception.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; folder: string }>(
      `select current_setting('server_version') as version, current_setting('data_directory') as folder`,
    );
    const row = rows[0];
    if (row === undefined || (await realpath(row.folder)) !== target.folder) return undefined;
    // Distributions append their own name: `15.14 (Debian 15.14-0+deb12u1)`.
    return row.version.split(' ')[0];
  } catch (error) {
    if (systemCode(error) !== WRONG_PASSWORD) return undefined;
    throw new LocalServiceError(
      'PASSWORD_MISMATCH',
      'the database does not accept the superuser password: it was created with another one',
      'Restore the password the data folder was created with, or delete the data folder to begin anew.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Waits until the server accepts the superuser and proves to be ours.
 * @returns its version, or null when it ended instead
 * @throws LocalServiceError `PASSWORD_MISMATCH` or `TIMEOUT`
 */
export async function waitUntilReady(target: Target): Promise<string | null> {
  return waitFor(
    async () => {
      if (target.server.hasExited()) return { ended: true } as const;
      if (!(await hasReportedReady(target))) return undefined;
      const version = await askVersion(target);
      return version === undefined ? undefined : ({ ended: false, version } as const);
    },
    { what: 'the start of Postgres', timeoutMs: READY_TIMEOUT_MS, intervalMs: 15 },
  ).then((outcome) => (outcome.ended ? null : outcome.version));
}
