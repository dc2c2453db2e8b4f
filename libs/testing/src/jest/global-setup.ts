import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { DATABASE_ROLES, migrate, provisionDatabase, type DatabaseRole } from '@hub/database';
import { startPostgres, startRedis } from '@hub/local-services';
import { writeServices } from './services-file';

const TEMPLATE = 'hub_template';

/** One Postgres and one Redis for the whole run; each suite gets a copy of the migrated template database. */
export default async function globalSetup(): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-test-'));
  // The database server may run as another account than the one that made the folder.
  fs.chmodSync(folder, 0o711);
  const searchPath = process.env['PATH'] ?? '';
  const superuserPassword = randomBytes(16).toString('hex');
  const postgres = await startPostgres({
    dataDir: path.join(folder, 'postgres'),
    superuserPassword,
    durable: false,
    searchPath,
  });
  const redis = await startRedis({ dataDir: path.join(folder, 'redis'), persist: false, searchPath });
  if (redis === null)
    throw new Error('the tests need redis-server or valkey-server on the PATH: `npm test` installs it where it can');
  const passwords = Object.fromEntries(
    Object.keys(DATABASE_ROLES).map((role) => [role, randomBytes(12).toString('hex')]),
  ) as Record<DatabaseRole, string>;
  const urls = await provisionDatabase({ adminUrl: postgres.url, database: TEMPLATE, passwords });
  await migrate(urls.owner);
  writeServices(folder, { superuserUrl: postgres.url, templateDatabase: TEMPLATE, passwords, redisUrl: redis.url });
  (globalThis as { hubTestTeardown?: () => Promise<void> }).hubTestTeardown = async () => {
    await redis.stop();
    await postgres.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
}
