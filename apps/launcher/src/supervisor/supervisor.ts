import { setTimeout as delay } from 'node:timers/promises';
import { LauncherError } from '../launcher-error';
import { describeEnd, type ManagedService, type ServiceRun } from './managed-service';
import { DEFAULT_LIMITS, RestartPolicy, type RestartLimits } from './restart-policy';

/** What the person at the terminal is told. */
export type SupervisorEvent<Name extends string> =
  | {
      readonly kind: 'crashed';
      readonly name: Name;
      readonly how: string;
      readonly lines: readonly string[];
      /** Null: it is not started again. */
      readonly restartInMs: number | null;
    }
  | { readonly kind: 'restarted'; readonly name: Name; readonly pid: number; readonly afterMs: number }
  | {
      readonly kind: 'restart_failed';
      readonly name: Name;
      readonly reason: string;
      readonly restartInMs: number | null;
    }
  | { readonly kind: 'stop_failed'; readonly name: Name; readonly reason: string };

export interface SupervisorOptions<Name extends string> {
  /** The order in which {@link Supervisor.stop} ends them; services it does not name are ended last. */
  readonly stopOrder: readonly Name[];
  readonly onEvent: (event: SupervisorEvent<Name>) => void;
  readonly limits?: RestartLimits;
}

interface Entry<Name extends string> {
  readonly service: ManagedService<Name>;
  readonly policy: RestartPolicy;
  run: ServiceRun | null;
  /** Settles when a start that is under way has come to its end, whichever. */
  starting: Promise<unknown>;
}

/**
 * Keeps services running: a crash is reported and made good with growing pauses, until there are too many in too short a
 * time. The first start is another matter: what does not come up then has a reason that a second try would not
 * change, so it is passed to the caller.
 */
export class Supervisor<Name extends string> {
  private readonly entries = new Map<Name, Entry<Name>>();
  private readonly stopping = new AbortController();
  private stopped: Promise<void> | null = null;
  private reportDefeat: (error: LauncherError) => void = () => undefined;

  /** Settles when a service cannot be kept running. */
  readonly defeated = new Promise<LauncherError>((resolve) => (this.reportDefeat = resolve));

  constructor(private readonly options: SupervisorOptions<Name>) {}

  /**
   * First start of a service.
   * @throws what the service's own start threw
   */
  async start(service: ManagedService<Name>): Promise<ServiceRun> {
    this.stopping.signal.throwIfAborted();
    const entry: Entry<Name> = {
      service,
      policy: new RestartPolicy(this.options.limits ?? DEFAULT_LIMITS),
      run: null,
      starting: Promise.resolve(),
    };
    this.entries.set(service.name, entry);
    const run = await this.launch(entry);
    this.watch(entry, run);
    return run;
  }

  pid(name: Name): number | null {
    return this.entries.get(name)?.run?.pid ?? null;
  }

  /** Ends everything in order; a service that will not end does not keep the others from being ended. */
  stop(): Promise<void> {
    this.stopping.abort();
    this.stopped ??= this.stopInOrder();
    return this.stopped;
  }

  /** Ends everything at once, without waiting. */
  kill(): void {
    this.stopping.abort();
    for (const { run } of this.entries.values()) run?.kill();
  }

  private async launch(entry: Entry<Name>): Promise<ServiceRun> {
    const started = entry.service.start((run) => {
      entry.run = run;
      // A start that takes seconds must not outlive a wish to stop.
      if (this.stopping.signal.aborted) void run.stop().catch(() => undefined);
    });
    entry.starting = started.catch(() => undefined);
    try {
      const run = await started;
      entry.run = run;
      return run;
    } catch (error) {
      entry.run = null;
      throw error;
    }
  }

  private watch(entry: Entry<Name>, run: ServiceRun): void {
    void run.exited.then(async (end) => {
      if (entry.run === run) entry.run = null;
      if (this.stopping.signal.aborted) return;
      const crashedAt = performance.now();
      const decision = entry.policy.afterCrash(crashedAt);
      const restartInMs = decision.kind === 'restart' ? decision.delayMs : null;
      const { name } = entry.service;
      const how = describeEnd(end);
      const lines = await run.lastLines();
      this.options.onEvent({ kind: 'crashed', name, how, lines, restartInMs });
      if (restartInMs === null) this.giveUp(name, how);
      else await this.restart(entry, restartInMs, crashedAt);
    });
  }

  private async restart(entry: Entry<Name>, firstDelayMs: number, crashedAt: number): Promise<void> {
    const { name } = entry.service;
    for (let delayMs = firstDelayMs; ;) {
      const waited = await delay(delayMs, true, { signal: this.stopping.signal }).catch(() => false);
      if (!waited) return;
      try {
        const run = await this.launch(entry);
        this.options.onEvent({ kind: 'restarted', name, pid: run.pid, afterMs: performance.now() - crashedAt });
        this.watch(entry, run);
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        const decision = entry.policy.afterCrash(performance.now());
        const restartInMs = decision.kind === 'restart' ? decision.delayMs : null;
        this.options.onEvent({ kind: 'restart_failed', name, reason, restartInMs });
        if (restartInMs === null) {
          this.giveUp(name, reason);
          return;
        }
        delayMs = restartInMs;
      }
    }
  }

  private giveUp(name: Name, reason: string): void {
    this.reportDefeat(
      new LauncherError(
        `${name} does not keep running: ${reason}`,
        'The lines above and its log file say why; mend that and start again.',
      ),
    );
  }

  private async stopInOrder(): Promise<void> {
    const named = this.options.stopOrder.flatMap((name) => this.entries.get(name) ?? []);
    const rest = [...this.entries.values()].filter((entry) => !named.includes(entry));
    for (const entry of [...named, ...rest]) {
      try {
        await entry.run?.stop();
        await entry.starting;
        // The start may have come to its end in the meantime.
        await entry.run?.stop();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.options.onEvent({ kind: 'stop_failed', name: entry.service.name, reason });
      }
    }
  }
}
