import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { type Client } from 'pg';
import { DATABASE_ROLES, migrate, provisionDatabase, type DatabaseRole } from '@hub/database';
import { startPostgres, type RunningPostgres } from '@hub/local-services';
import { withClient } from '../with-client';
import { ownPort } from './own-port';

/** What a hub needs of its database; `createTestDatabase` gives it too. */
export interface HubDatabase {
  readonly urls: Readonly<Record<DatabaseRole, string>>;
  /** For arranging and looking behind the curtain only. */
  asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A server of one test file's own, which can be stopped and started again on the same port with its data. */
export interface PrivatePostgres extends HubDatabase {
  /** Where the server keeps its data, in `pgdata`. */
  readonly folder: string;
  readonly superuserUrl: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it at once: what is under way is cut, and nobody is told what was still to come. */
  crash(): Promise<void>;
}

const DATABASE = 'hub';

/**
 * @param within an existing folder for its data; the system's own for such things when absent
 * @param settings of the server, beside its defaults
 */
export async function startPrivatePostgres(
  within: string = os.tmpdir(),
  settings: Readonly<Record<string, string>> = {},
): Promise<PrivatePostgres> {
  const folder = fs.mkdtempSync(path.join(within, 'hub-test-postgres-'));
  // The server may run as another account than the one that made the folder.
  fs.chmodSync(folder, 0o711);
  const superuserPassword = randomBytes(16).toString('hex');
  const port = await ownPort();
  const launch = (): Promise<RunningPostgres> =>
    startPostgres({
      dataDir: folder,
      port,
      superuserPassword,
      // It keeps its data over an orderly restart; power cuts are not played here.
      durable: false,
      settings,
      searchPath: process.env['PATH'] ?? '',
    });
  let running = await launch();
  const passwords = Object.fromEntries(
    Object.keys(DATABASE_ROLES).map((role) => [role, randomBytes(12).toString('hex')]),
  ) as Record<DatabaseRole, string>;
  const urls = await provisionDatabase({ adminUrl: running.url, database: DATABASE, passwords });
  await migrate(urls.owner);
  const superuserUrl = new URL(running.url);
  superuserUrl.pathname = `/${DATABASE}`;
  return {
    folder,
    urls,
    superuserUrl: superuserUrl.toString(),
    asSuperuser: (work) => withClient(superuserUrl.toString(), work),
    stop: () => running.stop(),
    async start() {
      running = await launch();
    },
    async crash() {
      process.kill(running.pid, 'SIGQUIT');
      await running.exited;
    },
    async close() {
      await running.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
