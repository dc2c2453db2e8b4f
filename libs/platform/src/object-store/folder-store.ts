import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import {
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { type Readable } from 'node:stream';
import { err, ok, type Result } from '../result/result';
import {
  isObjectKey,
  MOST_LISTED,
  type ListOptions,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  type ObjectStoreError,
  type ObjectStoreErrorCode,
  type PutOptions,
} from './object-store.types';

/** Never a key: a segment does not begin with a dot. */
const STAGING = '.staging';
/** A delete may take a folder away between its making and its use. */
const TRIES = 5;

/**
 * Objects as files below one folder, readable by the hub's user alone. A file is written beside its place, flushed to
 * disk and then linked or renamed there, so that a crash leaves the object whole or absent; the names of folders are
 * flushed as well, or a power cut could take back what was answered for.
 */
export class FolderStore implements ObjectStore {
  readonly location: string;
  private readonly root: string;

  /** @param folder made when the first object is written */
  constructor(folder: string) {
    this.root = path.resolve(folder);
    this.location = `folder:${this.root}`;
  }

  async put(
    key: string,
    body: Buffer | Readable,
    options: PutOptions = {},
  ): Promise<Result<'stored' | 'exists', ObjectStoreError>> {
    if (!isObjectKey(key)) return invalidKey();
    const staged = path.join(this.root, STAGING, randomUUID());
    try {
      await makeFolder(path.dirname(staged));
      await writeFlushed(staged, body);
      return ok(await this.moveInto(staged, this.fileOf(key), options.ifNoneMatch === '*'));
    } catch (error) {
      const failure = failed(error);
      // Not the object is missing here, but a folder cannot be made: a file has its name.
      return failure.error.code === 'not_found' ? err({ ...failure.error, code: 'refused' }) : failure;
    } finally {
      await rm(staged, { force: true }).catch(() => undefined);
    }
  }

  async get(key: string): Promise<Result<Buffer, ObjectStoreError>> {
    if (!isObjectKey(key)) return invalidKey();
    try {
      return ok(await readFile(this.fileOf(key)));
    } catch (error) {
      return failed(error);
    }
  }

  async head(key: string): Promise<Result<ObjectInfo | null, ObjectStoreError>> {
    if (!isObjectKey(key)) return invalidKey();
    try {
      return ok(await this.infoOf(key));
    } catch (error) {
      return failed(error);
    }
  }

  async list(prefix: string, options: ListOptions = {}): Promise<Result<ObjectPage, ObjectStoreError>> {
    const limit = Math.min(options.limit ?? MOST_LISTED, MOST_LISTED);
    const objects: ObjectInfo[] = [];
    try {
      for await (const key of this.keys('', prefix, options.after ?? '')) {
        if (objects.length === limit) return ok({ objects, more: true });
        // Deleted since its name was read: as if it had never been there.
        const info = await this.infoOf(key);
        if (info !== null) objects.push(info);
      }
      return ok({ objects, more: false });
    } catch (error) {
      return failed(error);
    }
  }

  async delete(key: string): Promise<Result<null, ObjectStoreError>> {
    if (!isObjectKey(key)) return invalidKey();
    const file = this.fileOf(key);
    try {
      await unlink(file);
      await flushFolder(path.dirname(file));
      await this.removeEmptyFolders(path.dirname(file));
      return ok(null);
    } catch (error) {
      return isAbsent(error) ? ok(null) : failed(error);
    }
  }

  async close(): Promise<void> {}

  private fileOf(key: string): string {
    return path.join(this.root, ...key.split('/'));
  }

  private async infoOf(key: string): Promise<ObjectInfo | null> {
    try {
      const found = await stat(this.fileOf(key));
      return found.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  private async moveInto(staged: string, file: string, onlyIfAbsent: boolean): Promise<'stored' | 'exists'> {
    const folder = path.dirname(file);
    for (let attempt = 1; ; attempt++) {
      await makeFolder(folder);
      try {
        // A link fails where a rename would replace: the file system itself decides who was first.
        await (onlyIfAbsent ? link(staged, file) : rename(staged, file));
        await flushFolder(folder);
        return 'stored';
      } catch (error) {
        if (onlyIfAbsent && codeOf(error) === 'EEXIST') return 'exists';
        if (codeOf(error) !== 'ENOENT' || attempt === TRIES) throw error;
      }
    }
  }

  /** In the order of the keys' bytes: a folder is sorted as its name with a slash behind it. */
  private async *keys(folder: string, prefix: string, after: string): AsyncGenerator<string> {
    for (const name of await this.namesIn(folder)) {
      const key = folder + name;
      if (name.endsWith('/')) {
        const mayMatch = key.startsWith(prefix) || prefix.startsWith(key);
        if (mayMatch && (key > after || after.startsWith(key))) yield* this.keys(key, prefix, after);
      } else if (key.startsWith(prefix) && key > after) yield key;
    }
  }

  private async namesIn(folder: string): Promise<string[]> {
    let entries: Dirent[];
    try {
      entries = await readdir(path.join(this.root, ...folder.split('/')), { withFileTypes: true });
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
    return entries
      .filter((entry) => isObjectKey(entry.name))
      .flatMap((entry) => (entry.isDirectory() ? [`${entry.name}/`] : entry.isFile() ? [entry.name] : []))
      .sort();
  }

  /** Upwards as long as they are empty; one that is not, or that a `put` fills meanwhile, stays. */
  private async removeEmptyFolders(folder: string): Promise<void> {
    for (let each = folder; each.length > this.root.length; each = path.dirname(each)) {
      const removed = await rmdir(each).then(
        () => true,
        () => false,
      );
      if (!removed) return;
    }
  }
}

async function writeFlushed(file: string, body: Buffer | Readable): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await writeFile(handle, body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes what is missing, and flushes the name of each new folder in the folder that holds it. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = path.dirname(first);
  for (let each = path.dirname(folder); each.length >= top.length; each = path.dirname(each)) {
    await flushFolder(each);
    if (each === path.dirname(each)) return;
  }
}

async function flushFolder(folder: string): Promise<void> {
  // Windows opens no folders; its file systems journal names by themselves.
  if (process.platform === 'win32') return;
  let handle: FileHandle;
  try {
    handle = await open(folder, 'r');
  } catch (error) {
    if (isAbsent(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

const CODES: Readonly<Record<string, ObjectStoreErrorCode>> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  EISDIR: 'not_found',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOSPC: 'full',
  EDQUOT: 'full',
  EIO: 'unreachable',
  ESTALE: 'unreachable',
};

function failed(error: unknown): { readonly ok: false; readonly error: ObjectStoreError } {
  // Not the file system's: the stream that was to be written broke, and that is for whoever made it.
  if (typeof error !== 'object' || error === null || !('syscall' in error)) throw error;
  const reason = codeOf(error) ?? 'unknown';
  return err({ code: CODES[reason] ?? 'refused', message: `the folder answered ${reason}` });
}

function invalidKey(): { readonly ok: false; readonly error: ObjectStoreError } {
  return err({ code: 'invalid_key', message: 'the key is not one that every object store takes' });
}
