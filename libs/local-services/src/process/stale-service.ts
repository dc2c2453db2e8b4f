import { readFile } from 'node:fs/promises';
import { LocalServiceError, systemCode } from '../errors/local-service.error';
import { waitFor } from '../net/wait-for';
import { inspectProcess, isPidTaken } from './process-table';

export interface StaleService {
  /** File whose first line is the server's process number, as the server itself wrote it. */
  readonly pidFile: string;
  /** Program names that may own such a file. */
  readonly commands: readonly string[];
  /** The server's working folder: Postgres and Redis both change into their data. */
  readonly folder: string;
  readonly name: string;
  readonly softSignal: NodeJS.Signals;
  readonly hardSignal: NodeJS.Signals;
  readonly log: (line: string) => void;
}

/**
 * `absent`: no server can be running. `stopped`: an orphan was shut down.
 * `misleading`: the file names a number that is taken by something else (or a zombie), which the server would
 * mistake for itself.
 */
export type StaleOutcome = 'absent' | 'stopped' | 'misleading';

/** First line of a pid file as a number; null when there is none. */
async function readPidFile(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : null;
}

/**
 * Shuts down the server a killed starter left behind, so that its data are closed cleanly before the next one opens them.
 * Only a process with the right program name and working folder is ever signalled; where the system does not tell
 * the folder, the name decides, since starting a second server on live data would be worse than asking to stop one.
 * @throws LocalServiceError `STALE_PROCESS` when it does not go
 */
export async function stopStaleService(stale: StaleService): Promise<StaleOutcome> {
  const pid = await readPidFile(stale.pidFile);
  if (pid === null || !isPidTaken(pid)) return 'absent';
  const facts = await inspectProcess(pid);
  if (facts === null || !stale.commands.includes(facts.command)) return 'misleading';
  if (facts.folder !== null && facts.folder !== stale.folder) return 'misleading';

  stale.log(`${stale.name} of an earlier run (process ${pid}) is still alive; stopping it`);
  const isGone = async () => (await inspectProcess(pid))?.startToken !== facts.startToken;
  for (const signal of [stale.softSignal, stale.hardSignal]) {
    try {
      process.kill(pid, signal);
      await waitFor(isGone, { what: `the end of process ${pid}`, timeoutMs: 10_000 });
      return 'stopped';
    } catch (error) {
      if (systemCode(error) === 'ESRCH') return 'stopped';
      const isRetryable = error instanceof LocalServiceError && error.code === 'TIMEOUT';
      if (!isRetryable) break;
    }
  }
  throw new LocalServiceError(
    'STALE_PROCESS',
    `${stale.name} of an earlier run (process ${pid}) still uses the data folder and cannot be stopped`,
    `Stop process ${pid} by hand (kill -${stale.softSignal.slice(3)} ${pid}), as its owner or root, then start again.`,
  );
}
