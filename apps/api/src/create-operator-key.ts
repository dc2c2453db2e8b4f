import 'reflect-metadata';
import { z } from 'zod';
import { Database, roleUrls, type RolePasswords } from '@hub/database';
import { newUuid, settingsOrExit } from '@hub/platform';
import { issueKey } from '@hub/tenancy';
import { migrateSettings } from './migrate-settings';

/** Settings: those of the migrate job that lead to the owner's login. */
const settingsSchema = migrateSettings.pick({ HUB_DB_ADMIN_URL: true, HUB_DB_NAME: true, HUB_DB_OWNER_PASSWORD: true });
const nameSchema = z.string().trim().min(1).max(100);

/** Makes a key for a platform operator and prints it, once: only its hash is stored. `create-operator-key <name>`. */
async function main(): Promise<void> {
  const name = nameSchema.safeParse(process.argv[2]);
  if (!name.success) throw new Error('usage: create-operator-key <name of the person or program>');
  const settings = settingsOrExit(settingsSchema);
  const passwords: RolePasswords = { ...NO_PASSWORDS, owner: settings.HUB_DB_OWNER_PASSWORD };
  const { owner } = roleUrls({ adminUrl: settings.HUB_DB_ADMIN_URL, database: settings.HUB_DB_NAME, passwords });
  const database = new Database({ url: owner, poolSize: 1, applicationName: 'hub-create-operator-key' });
  const issued = issueKey('op');
  await database.query('insert into operator_keys (id, prefix, name, secret_hash) values ($1, $2, $3, $4)', [
    newUuid(),
    issued.prefix,
    name.data,
    issued.hash,
  ]);
  await database.close();
  process.stdout.write(`${issued.key}\n`);
}

const NO_PASSWORDS: RolePasswords = { owner: '', app: '', accept: '', dispatcher: '', operator: '', queue: '' };

main().catch((error: unknown) => {
  process.stderr.write(`No key was made: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
