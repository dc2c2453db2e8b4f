import { startPostgres, type RunningPostgres } from '@hub/local-services';
import { LastLines } from '../process/last-lines';
import { type ManagedService, type ServiceRun } from '../supervisor/managed-service';
import { type ChildOutput } from './child-output';

export interface LocalPostgres extends ManagedService<'postgres'> {
  /** The newest run; null before the first. The address stays the same over restarts. */
  current(): RunningPostgres | null;
}

export interface LocalPostgresOptions {
  readonly dataDir: string;
  readonly superuserPassword: string;
  readonly searchPath: string | undefined;
  readonly output: ChildOutput;
}

/** The embedded PostgreSQL of this data folder. */
export function localPostgres(options: LocalPostgresOptions): LocalPostgres {
  let current: RunningPostgres | null = null;
  return {
    name: 'postgres',
    current: () => current,
    start: async (onSpawn) => {
      const lines = new LastLines();
      const running = await startPostgres({
        dataDir: options.dataDir,
        superuserPassword: options.superuserPassword,
        searchPath: options.searchPath,
        // API and worker know the address, so a later run must have the same one.
        port: current?.port,
        log: (line) => {
          lines.add(Buffer.from(`${line}\n`));
          options.output.onLine(line);
        },
      });
      current = running;
      const run: ServiceRun = {
        pid: running.pid,
        exited: running.exited,
        lastLines: () => Promise.resolve(lines.all()),
        stop: () => running.stop(),
        // Immediate shutdown: killing the first process alone would leave the others to notice by themselves.
        kill: () => signal(running.pid, 'SIGQUIT'),
      };
      onSpawn(run);
      return run;
    },
  };
}

/** The process may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Nothing left to signal.
  }
}
