import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import { type Readable, type Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../wait-until';

const DIST = path.resolve(__dirname, '../../../../dist');
const READY_TIMEOUT_MS = 60_000;
/** A hub that lingers only costs time. */
const STOP_GRACE_MS = 6_000;
const MOST_OUTPUT = 32 * 1024 * 1024;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export interface HubProcessOptions {
  readonly app: 'api' | 'worker' | 'sandbox';
  readonly args?: readonly string[];
  /** Asked at each start. All of it: nothing is inherited. */
  readonly env: () => Readonly<Record<string, string>>;
  /** Answers true once the process can be used. */
  readonly isReady: (process: HubProcess) => Promise<boolean>;
}

/** One compiled program of the hub as a real process, which can be killed, frozen and started again. */
export class HubProcess {
  private child: Child | null = null;
  private ended: Promise<void> = Promise.resolve();
  private text = '';

  constructor(private readonly options: HubProcessOptions) {}

  /** Everything it has written since the first start, standard error included. */
  get output(): string {
    return this.text;
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.options.app} is not running`);
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child !== null;
  }

  /** @throws with the last output when it ends before it is ready. */
  async start(): Promise<void> {
    if (this.child !== null) throw new Error(`${this.options.app} is running already`);
    const script = path.join(DIST, 'apps', this.options.app, 'src', 'main.js');
    const child: Child = spawn(process.execPath, [script, ...(this.options.args ?? [])], {
      env: this.options.env(),
      // The open pipe ends the child when this process dies, whatever way.
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => this.keep(text));
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => this.keep(`${error.message}\n`));
      child.once('close', () => {
        if (this.child === child) this.child = null;
        resolve();
      });
    });
    await waitUntil(
      `the ${this.options.app} to be ready`,
      async () => {
        if (this.child !== child)
          throw new Error(`the ${this.options.app} ended while starting:\n${this.text.slice(-2_000)}`);
        return this.options.isReady(this).catch(() => false);
      },
      READY_TIMEOUT_MS,
    );
  }

  /** Ends it without a chance to tidy up, and waits until it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** `SIGSTOP` and `SIGCONT` freeze and thaw it. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** When the test is over. Orderly ends are the launcher's tests' business. */
  async end(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    // A frozen process takes no SIGTERM.
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const timer = new AbortController();
    const late = delay(STOP_GRACE_MS, 'late', { signal: timer.signal }).catch(() => 'aborted');
    if ((await Promise.race([this.ended, late])) === 'late') child.kill('SIGKILL');
    timer.abort();
    await this.ended;
  }

  private keep(text: string): void {
    this.text = (this.text + text).slice(-MOST_OUTPUT);
  }
}
