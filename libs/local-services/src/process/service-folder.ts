import { chmod, lchown, lstat, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { type ProcessIdentity } from './process-identity';

/**
 * Creates the service's own folder and returns its real path.
 * Root adds the right to pass through (not to list) because the files below belong to another account.
 */
export async function openServiceFolder(dataDir: string): Promise<string> {
  const isRoot = process.getuid?.() === 0;
  try {
    await mkdir(dataDir, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
    const folder = await realpath(dataDir);
    if (isRoot) {
      const { mode, uid } = await stat(folder);
      if (uid === 0 && (mode & 0o001) === 0) await chmod(folder, (mode & 0o777) | 0o001);
    }
    return folder;
  } catch (error) {
    throw new LocalServiceError(
      'DATA_DIR_UNUSABLE',
      `the data folder ${dataDir} cannot be created or opened (${systemCode(error) ?? 'unknown reason'})`,
      'Choose a data folder this user may write to.',
      { cause: error },
    );
  }
}

async function chownTree(folder: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await chownTree(path, uid, gid);
    else await lchown(path, uid, gid);
  }
  // The folder last: an interrupted pass leaves the old owner on top and is therefore repeated.
  await lchown(folder, uid, gid);
}

/**
 * Makes `folder` exist, private (0700) and owned by the identity that will work in it.
 * The owner changes between starts when root later finds a `postgres` account or a reachable path.
 * @throws LocalServiceError `DATA_DIR_UNUSABLE` when an ordinary user meets someone else's files
 */
export async function claimFolder(folder: string, identity: ProcessIdentity): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(folder);
    if (uid !== identity.ownerUid && isRoot) await chownTree(folder, identity.ownerUid, identity.ownerGid);
    await chmod(folder, 0o700);
  } catch (error) {
    throw foreignFolder(folder, systemCode(error) ?? 'unknown reason', error);
  }
}

/** The files are there, but belong to somebody else. */
export function foreignFolder(folder: string, reason: string, cause: unknown): LocalServiceError {
  return new LocalServiceError(
    'DATA_DIR_UNUSABLE',
    `${folder} cannot be used by this user (${reason})`,
    'It was probably created by another user: start as that user, hand it over with chown, or choose another data folder.',
    { cause },
  );
}
