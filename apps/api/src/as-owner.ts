import { Database, roleUrls, type RolePasswords, type Tx } from '@hub/database';
import { settingsOrExit } from '@hub/platform';
import { migrateSettings } from './migrate-settings';

/** Settings: those of the migrate job that lead to the owner's login. */
const settingsSchema = migrateSettings.pick({ HUB_DB_ADMIN_URL: true, HUB_DB_NAME: true, HUB_DB_OWNER_PASSWORD: true });
const NO_PASSWORDS: RolePasswords = { owner: '', app: '', accept: '', dispatcher: '', operator: '', queue: '' };

/**
 * A command for whoever has the owner's login: one transaction, whose result is printed once it is committed.
 * @param failed said before what went wrong
 */
export async function runAsOwner(program: string, failed: string, work: (tx: Tx) => Promise<string>): Promise<void> {
  const settings = settingsOrExit(settingsSchema);
  const passwords = { ...NO_PASSWORDS, owner: settings.HUB_DB_OWNER_PASSWORD };
  const { owner } = roleUrls({ adminUrl: settings.HUB_DB_ADMIN_URL, database: settings.HUB_DB_NAME, passwords });
  const database = new Database({ url: owner, poolSize: 1, applicationName: `hub-${program}` });
  try {
    process.stdout.write(await database.transaction(work));
  } catch (error) {
    process.stderr.write(`${failed}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}
