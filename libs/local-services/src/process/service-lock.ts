import { readFile, rm, writeFile } from 'node:fs/promises';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { inspectProcess } from './process-table';

interface Owner {
  readonly pid: number;
  readonly startToken: string;
}

export interface ServiceLock {
  release(): Promise<void>;
}

async function readOwner(file: string): Promise<Owner | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || !('startToken' in parsed)) return null;
    const { pid, startToken } = parsed;
    return typeof pid === 'number' && typeof startToken === 'string' ? { pid, startToken } : null;
  } catch {
    return null;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  return (await inspectProcess(owner.pid))?.startToken === owner.startToken;
}

/**
 * Says which process manages the service in a folder. It is what tells an orphan (its starter was killed: stop it and
 * start anew) from a service another live process is using (never touch it). The starter is known by number and start
 * time, because numbers are reused, above all in containers.
 *
 * Two starters that find the same dead owner at the same instant may both pass; the server's own lock file
 * then refuses the second.
 * @throws LocalServiceError `DATA_DIR_IN_USE`
 */
export async function acquireServiceLock(file: string, service: string): Promise<ServiceLock> {
  const self = { pid: process.pid, startToken: (await inspectProcess(process.pid))?.startToken ?? '' };
  for (;;) {
    try {
      await writeFile(file, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') {
        throw new LocalServiceError(
          'DATA_DIR_UNUSABLE',
          `${file} cannot be written (${systemCode(error) ?? 'unknown reason'})`,
          'Choose a data folder this user may write to.',
          { cause: error },
        );
      }
    }
    const owner = await readOwner(file);
    if (owner !== null && (await isAlive(owner))) {
      throw new LocalServiceError(
        'DATA_DIR_IN_USE',
        `${service} in this data folder is already run by process ${owner.pid}`,
        `Stop process ${owner.pid} first, or give this one another data folder.`,
      );
    }
    await rm(file, { force: true });
  }
}
