import { execFile } from 'node:child_process';

/** A program call after the account to run it under has been worked in. */
export interface Invocation {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

export interface CommandOutcome {
  readonly ok: boolean;
  /** stdout and stderr, or the reason the program could not be run at all. */
  readonly output: string;
}

const SYSTEM_FOLDERS = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
  '/opt/homebrew/bin',
  '/opt/local/bin',
  '/snap/bin',
];

/** The caller's PATH (may be absent) followed by the usual system folders, each once. */
export function searchFolders(searchPath?: string): string[] {
  const given = (searchPath ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...new Set([...given, ...SYSTEM_FOLDERS])];
}

/**
 * Children get a fixed environment: inherited `PG*`, `LD_PRELOAD` or locale variables would change how a
 * database is created, and the hub's own secrets have no business in another program's environment.
 */
export const CHILD_ENVIRONMENT = { PATH: SYSTEM_FOLDERS.join(':'), LC_ALL: 'C', TZ: 'UTC' };

/** The current folder may be closed to the account a child runs under; `/` never is. */
export const CHILD_FOLDER = '/';

/** Runs a short command to its end; failure to start it is an outcome like any other. */
export function runCommand(invocation: Invocation, timeoutMs = 120_000): Promise<CommandOutcome> {
  const { file, args, uid, gid } = invocation;
  const options = { cwd: CHILD_FOLDER, env: CHILD_ENVIRONMENT, uid, gid, timeout: timeoutMs, maxBuffer: 4_194_304 };
  return new Promise((resolve) => {
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, output: output === '' && error !== null ? error.message : output });
    });
  });
}
