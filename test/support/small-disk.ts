import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  /** Takes all that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  close(): void;
}

/**
 * A file system of its own, in memory, that can be filled without hurting anybody else.
 * @throws Error where file systems cannot be mounted: it takes Linux and root
 */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hub-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    fs.rmdirSync(folder);
    throw new Error('this machine cannot play a full disk: it takes Linux and root to mount a small file system', {
      cause: error,
    });
  }
  const ballast = path.join(folder, 'ballast');
  return {
    folder,
    fill: () => writeUntilFull(ballast),
    free: () => fs.rmSync(ballast, { force: true }),
    close() {
      execFileSync('umount', ['--lazy', folder], { stdio: 'pipe' });
      fs.rmdirSync(folder);
    },
  };
}

function writeUntilFull(file: string): void {
  const descriptor = fs.openSync(file, 'a');
  try {
    for (const size of [1024 * 1024, 4096]) {
      const block = Buffer.alloc(size, 1);
      while (writes(descriptor, block));
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

function writes(descriptor: number, block: Buffer): boolean {
  try {
    return fs.writeSync(descriptor, block) === block.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
