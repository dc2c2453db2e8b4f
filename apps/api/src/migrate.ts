import 'reflect-metadata';
import {
  migrate,
  provisionDatabase,
  DATABASE_ROLES,
  roleUrls,
  type DatabaseRole,
  type RolePasswords,
} from '@hub/database';
import { prepareQueue, settingsOrExit } from '@hub/platform';
import { migrateSettings } from './migrate-settings';

const ROLES = Object.keys(DATABASE_ROLES) as DatabaseRole[];

async function main(): Promise<void> {
  const settings = settingsOrExit(migrateSettings);
  const passwords = Object.fromEntries(
    ROLES.map((role) => [role, settings[`HUB_DB_${role.toUpperCase() as Uppercase<DatabaseRole>}_PASSWORD`]]),
  ) as RolePasswords;
  const options = { adminUrl: settings.HUB_DB_ADMIN_URL, database: settings.HUB_DB_NAME, passwords };
  await provisionDatabase(options);
  const urls = roleUrls(options);
  const ran = await migrate(urls.owner);
  if (settings.HUB_QUEUE_ON_POSTGRES === 'true')
    await prepareQueue({ kind: 'postgres', url: urls.queue, schema: settings.HUB_QUEUE_SCHEMA });
  process.stdout.write(
    ran.length === 0 ? 'The database is up to date.\n' : `Ran ${ran.length} migrations: ${ran.join(', ')}.\n`,
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`Migration failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
