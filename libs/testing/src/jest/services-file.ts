import fs from 'node:fs';
import path from 'node:path';
import { type DatabaseRole } from '@hub/database';

/** What the global set-up started, for the test files' own processes to read. */
export interface TestServices {
  readonly superuserUrl: string;
  readonly templateDatabase: string;
  readonly passwords: Readonly<Record<DatabaseRole, string>>;
  readonly redisUrl: string;
}

const VARIABLE = 'HUB_TEST_SERVICES';

/** @param folder of this run, removed when the run ends */
export function writeServices(folder: string, services: TestServices): void {
  const file = path.join(folder, 'services.json');
  fs.writeFileSync(file, JSON.stringify(services), { mode: 0o600 });
  process.env[VARIABLE] = file;
}

export function readServices(): TestServices {
  const file = process.env[VARIABLE];
  if (file === undefined) throw new Error('test services are not running: run this spec in the "integration" project');
  return JSON.parse(fs.readFileSync(file, 'utf8')) as TestServices;
}
