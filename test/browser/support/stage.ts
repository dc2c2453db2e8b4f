import fs from 'node:fs';
import { type BrowserContextOptions } from '@playwright/test';
import { type DevFile } from './launched-hub';

export const ROLES = ['owner', 'admin', 'developer', 'support', 'compliance', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
export type Who = Role | 'operator';
export type StoredSession = Exclude<BrowserContextOptions['storageState'], string | undefined>;

/** What every test finds: a hub that has worked, people of every role who are signed in, and one thing of each kind. */
export interface Stage {
  readonly dev: DevFile;
  /** The tenant whose pages are looked at. */
  readonly tenant: DevFile['tenants'][number];
  readonly sessions: Readonly<Record<Who, StoredSession>>;
  /** By the names that addresses of pages have for them. */
  readonly ids: Readonly<Record<string, string>>;
}

const VARIABLE = 'HUB_BROWSER_STAGE';

export function writeStage(file: string, stage: Stage): void {
  fs.writeFileSync(file, JSON.stringify(stage), { mode: 0o600 });
  process.env[VARIABLE] = file;
}

export function readStage(): Stage {
  const file = process.env[VARIABLE];
  if (file === undefined) throw new Error('there is no hub: the set-up of the Playwright configuration starts it');
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Stage;
}
