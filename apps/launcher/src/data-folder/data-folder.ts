import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '@hub/local-services';
import { LauncherError } from '../launcher-error';

export interface DataFolder {
  /** Real path. */
  readonly path: string;
  readonly secretsFile: string;
  readonly devFile: string;
  /** The hub's registrations at the simulated vendors; see `HUB_OAUTH_APPS_FILE`. */
  readonly oauthAppsFile: string;
  /** Audit checkpoints, exports and archived events; see `HUB_OBJECT_STORE`. */
  readonly objects: string;
  readonly logs: string;
  readonly postgres: string;
  readonly redis: string;
}

/**
 * Creates or opens the folder with everything this hub keeps. Started by root it may be passed through (not listed),
 * because the database in it belongs to an unprivileged account; what is secret has mode 0600 of its own.
 * @throws LauncherError when it cannot be used
 */
export async function openDataFolder(wanted: string): Promise<DataFolder> {
  const isRoot = process.getuid?.() === 0;
  try {
    await mkdir(wanted, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    const path = await realpath(wanted);
    const { mode, uid } = await stat(path);
    if (isRoot && uid === 0 && (mode & 0o001) === 0) await chmod(path, (mode & 0o777) | 0o001);
    const logs = join(path, 'logs');
    await mkdir(logs, { recursive: true, mode: 0o700 });
    return {
      path,
      logs,
      secretsFile: join(path, 'secrets.json'),
      devFile: join(path, 'dev.json'),
      oauthAppsFile: join(path, 'oauth-apps.json'),
      objects: join(path, 'objects'),
      postgres: join(path, 'postgres'),
      redis: join(path, 'redis'),
    };
  } catch (error) {
    throw new LauncherError(
      `the data folder ${wanted} cannot be created or written (${systemCode(error) ?? 'unknown reason'})`,
      'Choose another one with HUB_DATA_DIR, or give this user the right to write there.',
      { cause: error },
    );
  }
}
