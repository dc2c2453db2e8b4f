import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface NodeProgram {
  readonly name: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface NodeProgramOptions {
  readonly name: string;
  /** Compiled JavaScript file. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Answers 2xx once the program is ready. */
  readonly readyUrl: string;
  readonly nodeFlags?: readonly string[];
  readonly args?: readonly string[];
  /** A minute unless said otherwise. */
  readonly readyWithinMs?: number;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;

const running = new Set<ChildProcess>();
// Whatever way this process ends, it leaves none behind: programs of the hub watch their stdin, the others get a signal.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** @throws Error with the program's last words when it does not become ready */
export async function startNodeProgram(options: NodeProgramOptions): Promise<NodeProgram> {
  const flags = options.nodeFlags ?? [];
  const child = spawn(process.execPath, ['--enable-source-maps', ...flags, options.script, ...(options.args ?? [])], {
    env: { NODE_ENV: 'production', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let said = '';
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-4_000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'exit').then(() => running.delete(child));
  await untilReady(options, child, () => said);
  return {
    name: options.name,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const timer = new AbortController();
      const late = delay(STOP_WITHIN_MS, 'late', { signal: timer.signal }).catch(() => 'in time');
      if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
      timer.abort();
      await ended;
    },
  };
}

async function untilReady(options: NodeProgramOptions, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + (options.readyWithinMs ?? READY_WITHIN_MS);
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answered = await fetch(options.readyUrl, { signal: AbortSignal.timeout(1_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (answered) return;
    await delay(25);
  }
  child.kill('SIGKILL');
  throw new Error(`${options.name} did not become ready:\n${said()}`);
}
