import cluster from 'node:cluster';
import { type Logger } from '@hub/platform';

/** A process that died is made anew after this long; a fault of its machine does not become a hot loop. */
const RESTART_AFTER_MS = 1_000;
/** More deaths than this within a minute are no accident: the whole stops, and who watches it is told. */
const MOST_DEATHS_A_MINUTE = 10;
/** Of the C library: one for each thread would keep what that thread has freed. */
const MEMORY_ENV = { MALLOC_ARENA_MAX: '2' };

export interface ProcessGroupOptions {
  readonly processes: number;
  /** Environment of the members, beside the group's own. */
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
  /** The group cannot go on: a member failed before it ever listened, or they keep dying. */
  readonly onGivenUp: (reason: string) => void;
}

/**
 * Several processes that listen on one port, so that the API uses more than one core. The first process answers no
 * request: it hands connections to the others in turn, and replaces the one that dies. When it is killed, the others end
 * with it.
 */
export class ProcessGroup {
  private readonly deaths: number[] = [];
  private readonly waits = new Set<NodeJS.Timeout>();
  private stopping = false;

  constructor(private readonly options: ProcessGroupOptions) {}

  /** @returns once every member listens */
  async start(): Promise<void> {
    // Half of the connections would go to a process that is busy where the kernel chooses.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    await Promise.all(Array.from({ length: this.options.processes }, () => this.fork()));
  }

  /** Asks each to finish what it is doing. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const wait of this.waits) clearTimeout(wait);
    await Promise.all(
      Object.values(cluster.workers ?? {}).map(
        (member) =>
          new Promise<void>((resolve) => {
            if (member === undefined || member.isDead()) return resolve();
            member.once('exit', () => resolve());
            member.process.kill('SIGTERM');
          }),
      ),
    );
  }

  private fork(): Promise<void> {
    const member = cluster.fork({ ...MEMORY_ENV, ...this.options.env });
    let isListening = false;
    return new Promise((resolve) => {
      member.once('listening', () => {
        isListening = true;
        resolve();
      });
      member.once('exit', (code: number | null, signal: string | null) => {
        this.lost(isListening, signal ?? `exit code ${code}`);
      });
    });
  }

  private lost(wasListening: boolean, how: string): void {
    if (this.stopping) return;
    if (!wasListening) return this.options.onGivenUp('a process of the API could not start');
    this.options.logger.error('a process of the API died and is replaced', { reason: how });
    const now = Date.now();
    this.deaths.push(now);
    while ((this.deaths[0] ?? now) < now - 60_000) this.deaths.shift();
    if (this.deaths.length > MOST_DEATHS_A_MINUTE) return this.options.onGivenUp('the processes of the API keep dying');
    const wait = setTimeout(() => {
      this.waits.delete(wait);
      void this.fork();
    }, RESTART_AFTER_MS);
    this.waits.add(wait);
  }
}
