import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Readable, type Writable } from 'node:stream';
import { systemCode } from '@hub/local-services';
import { LauncherError } from '../launcher-error';
import { type ProcessEnd, type ServiceRun } from '../supervisor/managed-service';
import { LastLines } from './last-lines';
import { type LogFile } from './log-file';

export interface NodeChildOptions {
  readonly name: string;
  /** Compiled JavaScript file. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly nodeFlags?: readonly string[];
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  /** Milliseconds for an orderly end before it is killed; 20,000 when absent. */
  readonly stopGraceMs?: number;
}

const STOP_GRACE_MS = 20_000;
/** A grandchild may keep the pipes open after the child's end. */
const PIPE_GRACE_MS = 500;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Starts a Node.js program in a session of its own, so that a Ctrl-C in the terminal reaches the launcher alone, which then
 * ends things in order. Its standard input is a pipe that stays open as long as this process lives: the kernel
 * closes it whatever way the launcher dies, and the child takes that as the wish to end.
 * @throws LauncherError when it cannot be executed at all
 */
export async function startNodeChild(options: NodeChildOptions): Promise<ServiceRun> {
  const child: Child = spawn(
    process.execPath,
    [...(options.nodeFlags ?? []), options.script, ...(options.args ?? [])],
    {
      env: options.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const closed = once(child, 'close').catch(() => undefined);
  child.stdin.on('error', () => undefined);
  const lines = collect(child, options);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new LauncherError(
      `${options.name} cannot be executed (${systemCode(error) ?? 'unknown reason'})`,
      `Check that ${process.execPath} may be executed and that the machine is not out of processes or memory.`,
      { cause: error },
    );
  }
  // After `spawn` an error can only mean that a signal could not be sent; `stop` notices by waiting.
  child.on('error', () => undefined);
  return {
    pid: child.pid ?? 0,
    exited,
    lastLines: async () => {
      await Promise.race([closed, delay(PIPE_GRACE_MS, undefined, { ref: false })]);
      return lines.all();
    },
    stop: callOnce(() => stop(child, exited, options.stopGraceMs ?? STOP_GRACE_MS)),
    kill: () => void child.kill('SIGKILL'),
  };
}

function collect(child: Child, { log, onStdout, onStderr }: NodeChildOptions): LastLines {
  const lines = new LastLines();
  child.stdout.on('data', (chunk: Buffer) => {
    log.write(chunk);
    lines.add(chunk);
    onStdout?.(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    log.write(chunk);
    lines.add(chunk);
    onStderr?.(chunk);
  });
  return lines;
}

async function stop(child: Child, exited: Promise<ProcessEnd>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = new AbortController();
  const timeout = delay(graceMs, 'timeout', { signal: timer.signal }).catch(() => 'aborted');
  if ((await Promise.race([exited, timeout])) === 'timeout') child.kill('SIGKILL');
  timer.abort();
  await exited;
}

function callOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= work());
}
