import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessIdentity } from '../process/process-identity';
import { runCommand } from '../process/run-command';

export interface RedisBinary {
  readonly file: string;
  readonly version: string;
}

const PROGRAMS = ['redis-server', 'valkey-server'] as const;
/** BullMQ's scripts need the commands of 6.2. */
const OLDEST = [6, 2] as const;

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The first `redis-server` or `valkey-server` that runs under the identity and is at least 6.2; null when none. */
export async function findRedisBinary(
  identity: ProcessIdentity,
  folders: readonly string[],
  log: (line: string) => void,
): Promise<RedisBinary | null> {
  for (const folder of folders) {
    for (const program of PROGRAMS) {
      const file = join(folder, program);
      const isThere = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (!isThere) continue;
      const asked = await runCommand(identity.invoke(file, ['--version']));
      const version = /\bv=(\d+\.\d+\.\d+)/.exec(asked.output)?.[1];
      if (asked.ok && version !== undefined && isRecentEnough(version)) return { file, version };
      log(`not usable: ${file} (${version ?? asked.output}); ${OLDEST.join('.')} or newer is needed`);
    }
  }
  return null;
}
