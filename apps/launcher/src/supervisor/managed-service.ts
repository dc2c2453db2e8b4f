/** How a process ended; both null when it could not even be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One run of a service. */
export interface ServiceRun {
  readonly pid: number;
  /** Settles when the process has ended, wanted or not. */
  readonly exited: Promise<ProcessEnd>;
  /** What it printed last, oldest line first. */
  lastLines(): Promise<readonly string[]>;
  /** Orderly end, then by force. Safe to call when it has ended already. */
  stop(): Promise<void>;
  /** At once and without waiting: for a person who asks twice. */
  kill(): void;
}

/** Something the supervisor keeps running. */
export interface ManagedService<Name extends string = string> {
  readonly name: Name;
  /** Starts it and resolves when it can be used, or throws with the reason after having cleaned up. */
  start(onSpawn: (run: ServiceRun) => void): Promise<ServiceRun>;
}

export function describeEnd(end: ProcessEnd): string {
  if (end.signal !== null) return `was ended by ${end.signal}`;
  return end.code === null ? 'ended' : `ended with code ${end.code}`;
}
