import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const DEFAULT_MAX_BYTES = 20 * 1024 * 1024;

/**
 * A child's log in the data folder. When it has grown too large it becomes `<file>.1` (replacing the one before), so that a
 * hub left running for weeks does not fill the disk.
 */
export class LogFile {
  private descriptor: number;
  private size: number;

  constructor(
    readonly path: string,
    private readonly maxBytes = DEFAULT_MAX_BYTES,
  ) {
    [this.descriptor, this.size] = open(path);
    this.rotateWhenLarge();
  }

  write(chunk: Buffer | string): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    try {
      writeSync(this.descriptor, bytes);
      this.size += bytes.length;
      this.rotateWhenLarge();
    } catch {
      // A full disk must not end the hub: the log is the smaller loss.
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private rotateWhenLarge(): void {
    if (this.size < this.maxBytes) return;
    closeSync(this.descriptor);
    renameSync(this.path, `${this.path}.1`);
    [this.descriptor, this.size] = open(this.path);
  }
}

function open(path: string): [descriptor: number, size: number] {
  const descriptor = openSync(path, 'a', 0o600);
  return [descriptor, fstatSync(descriptor).size];
}
