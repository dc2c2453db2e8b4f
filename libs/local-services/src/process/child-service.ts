import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type Readable } from 'node:stream';
import { LocalServiceError } from '../errors/local-service.error';
import { CHILD_ENVIRONMENT, CHILD_FOLDER, type Invocation } from './run-command';
import { startWatchdog, type Watchdog } from './watchdog';

/** How a service ended: exactly one of the two is set. */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildService {
  readonly pid: number;
  /** Settles when the service has ended, wanted or not. */
  readonly exited: Promise<ServiceExit>;
  hasExited(): boolean;
  /** The last lines the service printed, oldest first; after its end, only once the pipes have been read out. */
  recentLines(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface ChildServiceOptions {
  readonly name: string;
  readonly invocation: Invocation;
  /** Written to stdin, then closed: the place for what must not show in the process list. */
  readonly input?: string;
  readonly log: (line: string) => void;
  readonly exitWithParent: boolean;
  /** Asks for an orderly end. */
  readonly softSignal: NodeJS.Signals;
  /** Sent when the orderly end takes longer than {@link STOP_GRACE_MS}. */
  readonly hardSignal: NodeJS.Signals;
}

const STOP_GRACE_MS = 10_000;
const KEPT_LINES = 30;

function collectLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', onLine);
}

function spawnDetached(options: ChildServiceOptions): ChildProcess {
  const { file, args, uid, gid } = options.invocation;
  // Detached (own session): Ctrl-C goes to the hub alone, which closes its connections before the database.
  return spawn(file, [...args], {
    cwd: CHILD_FOLDER,
    env: CHILD_ENVIRONMENT,
    uid,
    gid,
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
}

/** With a watchdog in place nothing is lost if this process ends, so the service must not hold it open. */
function letParentEnd(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<ServiceExit>,
  options: ChildServiceOptions,
): Promise<void> {
  child.ref();
  for (const signal of [options.softSignal, options.hardSignal]) {
    child.kill(signal);
    const timer = new AbortController();
    const timeout = delay(STOP_GRACE_MS, 'timeout', { signal: timer.signal }).catch(() => 'aborted');
    const first = await Promise.race([exited, timeout]);
    timer.abort();
    if (first !== 'timeout') return;
    options.log(`${options.name} did not stop within ${STOP_GRACE_MS / 1000} s of ${signal}`);
  }
  throw new LocalServiceError(
    'STOP_FAILED',
    `${options.name} (process ${child.pid}) does not stop`,
    `Stop process ${child.pid} by hand; the next start recovers its data.`,
  );
}

/**
 * Starts a long-running server and resolves once the operating system has accepted it; readiness is the caller's concern.
 * @throws LocalServiceError `START_FAILED` when the program cannot be executed
 */
export async function startChildService(options: ChildServiceOptions): Promise<ChildService> {
  const watchdog: Watchdog | null = options.exitWithParent
    ? startWatchdog(options.softSignal, options.hardSignal, STOP_GRACE_MS / 1000, () =>
        options.log(`the watchdog of ${options.name} was lost: it will outlive this process if that is killed`),
      )
    : null;
  const child = spawnDetached(options);
  let hasExited = false;
  const exited = new Promise<ServiceExit>((resolve) => {
    child.once('exit', (code, signal) => {
      hasExited = true;
      watchdog?.release();
      resolve({ code, signal });
    });
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (error) {
    watchdog?.release();
    throw new LocalServiceError(
      'START_FAILED',
      `${options.name} cannot be executed`,
      `Check that ${options.invocation.file} exists and may be executed.`,
      { cause: error },
    );
  }
  // After `spawn` an error event can only mean that a signal could not be sent; `stop` notices by waiting.
  child.on('error', () => undefined);
  const pid = child.pid ?? 0;
  watchdog?.watch(pid);

  const lines: string[] = [];
  const onLine = (line: string) => {
    lines.push(line);
    if (lines.length > KEPT_LINES) lines.shift();
    options.log(line);
  };
  collectLines(child.stdout, onLine);
  collectLines(child.stderr, onLine);
  if (child.stdin !== null) {
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
  }
  if (watchdog !== null) letParentEnd(child);

  let stopping: Promise<void> | null = null;
  return {
    pid,
    exited,
    hasExited: () => hasExited,
    recentLines: async () => {
      // A grandchild may keep the pipe open after the service's end, hence the limit.
      if (hasExited) await Promise.race([closed, delay(500)]);
      return lines;
    },
    stop: () => {
      if (hasExited) return Promise.resolve();
      stopping ??= stopChild(child, exited, options);
      return stopping;
    },
  };
}
