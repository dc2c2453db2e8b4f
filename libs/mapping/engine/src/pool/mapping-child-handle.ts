import { type ChildProcess } from 'node:child_process';
import { MEMORY_SIGNAL, OVERRUN_SIGNAL, type ChildMessage, type SliceItem, type SliceMessage } from '../protocol';
import { LineReader } from './line-reader';
import { OUT_OF_MEMORY, TIMED_OUT, type MappingOutcome, type PoolAnswer, type PoolItem } from './pool.types';

/** A start reads some 4 MB of code; on a starved machine that may take long, but not this long. */
const START_LIMIT_MS = 15_000;

/** A deadline that is looked at so late was missed by the machine and not by the item: it stood still, and the child with it. */
const STOOD_STILL_MS = 50;
/** What such an item is given, once: what its own guardrail cuts, or what is as good as done, answers within it. */
const GRACE_MS = 200;

type KillReason = 'timeout' | 'memory' | 'died' | 'protocol';

export interface ChildDeath {
  readonly ready: boolean;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly reason: KillReason;
  /** The item that ran; absent when none did, or when none is to blame. */
  readonly culprit: PoolItem | undefined;
  /** What to answer the culprit; absent when the death says nothing about it (killed from outside). */
  readonly verdict: MappingOutcome | undefined;
  /** Items of its slice not begun. */
  readonly unprocessed: readonly PoolItem[];
}

export interface ChildListener {
  ready(child: MappingChildHandle): void;
  sliceEnded(child: MappingChildHandle, unprocessed: readonly PoolItem[]): void;
  /** An item was cut by the guardrail inside the child, which lives on. */
  ranTooLong(item: PoolItem): void;
  /** Always the last call. */
  exited(child: MappingChildHandle, death: ChildDeath): void;
}

/** The parent's end of one child process: one slice at a time, a deadline for each item. */
export class MappingChildHandle {
  readonly pid: number;
  readonly launchedAt = performance.now();
  runs = 0;
  rssBytes = 0;
  private state: 'starting' | 'idle' | 'busy' | 'ended' = 'starting';
  private wasReady = false;
  private slice: readonly PoolItem[] = [];
  private sliceNumber = 0;
  /** Answers received: the index of the item that runs. */
  private answered = 0;
  private itemStartedAt = 0;
  /** The item that was given the grace. */
  private excused = '';
  private timer: NodeJS.Timeout | undefined;
  private killed: { readonly reason: KillReason; readonly at: number } | undefined;
  private readonly reader: LineReader;

  constructor(
    private readonly process: ChildProcess,
    private readonly listener: ChildListener,
    maxLine: number,
  ) {
    this.pid = process.pid ?? 0;
    this.reader = new LineReader(maxLine);
    this.timer = setTimeout(() => this.kill('died'), START_LIMIT_MS);
    process.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.receive(chunk));
    // Writing to a child that just died; its exit tells the rest.
    process.stdin?.on('error', () => undefined);
    process.stdout?.on('error', () => undefined);
    let failedToSpawn = false;
    process.on('error', () => {
      failedToSpawn = process.pid === undefined;
      if (failedToSpawn) this.finish(null, null);
    });
    // 'close' and not 'exit': answers that the child had sent before it died are still in the pipe at 'exit'.
    process.on('close', (code, signal) => {
      if (!failedToSpawn) this.finish(code, signal);
    });
  }

  get isIdle(): boolean {
    return this.state === 'idle';
  }

  get isReady(): boolean {
    return this.wasReady && this.state !== 'ended';
  }

  get lane(): string | undefined {
    return this.state === 'busy' ? this.slice[0]?.lane : undefined;
  }

  run(slice: readonly PoolItem[]): void {
    if (this.state !== 'idle') throw new Error('A mapping child was given a slice while it was not idle');
    this.state = 'busy';
    this.slice = slice;
    this.sliceNumber++;
    this.answered = 0;
    this.process.stdin?.write(`${JSON.stringify(sliceMessage(this.sliceNumber, slice))}\n`);
    this.itemStartedAt = performance.now();
    this.arm();
  }

  /** Lets an idle child leave by itself. */
  end(): void {
    this.process.stdin?.end();
    // It may not listen to its stdin any more.
    this.timer = setTimeout(() => this.kill('died'), 2_000);
  }

  kill(reason: KillReason): void {
    if (this.state === 'ended') return;
    this.killed ??= { reason, at: this.answered };
    this.process.kill('SIGKILL');
  }

  /** One timer for the slice and not for each item: it looks when the running item is due and sleeps on. */
  private arm(): void {
    clearTimeout(this.timer);
    const wait = this.dueIn();
    this.timer = setTimeout(() => this.checkDeadline(), Math.max(1, wait));
  }

  private dueIn(): number {
    return this.itemStartedAt + (this.slice[this.answered]?.timeoutMs ?? 0) - performance.now();
  }

  /** After a stall of this process the answer may lie unread in the pipe: it is read before anybody is blamed. */
  private checkDeadline(): void {
    if (this.state !== 'busy') return;
    const overdueMs = -this.dueIn();
    if (overdueMs < 0) return this.arm();
    const suspect = this.running();
    if (overdueMs > STOOD_STILL_MS && this.excused !== suspect) {
      this.excused = suspect;
      this.itemStartedAt += overdueMs + GRACE_MS;
      return this.arm();
    }
    setImmediate(() => {
      if (this.state !== 'busy') return;
      if (suspect === this.running()) this.kill('timeout');
      else this.arm();
    });
  }

  private running(): string {
    return `${this.sliceNumber}/${this.answered}`;
  }

  private receive(chunk: string): void {
    try {
      for (const message of this.reader.read(chunk)) this.handle(message);
    } catch {
      this.kill('protocol');
    }
  }

  private handle(message: ChildMessage): void {
    switch (message[0]) {
      case 'ready':
        clearTimeout(this.timer);
        this.wasReady = true;
        this.state = 'idle';
        return this.listener.ready(this);
      case 'output':
        return this.answer(message[1], message[2], { ok: true, value: { outputText: message[3] } });
      case 'error':
        return this.answer(message[1], message[2], { ok: false, error: message[3] });
      case 'links':
        return this.answer(message[1], message[2], { needs: message[3] });
      case 'end':
        return this.endSlice(message[1], message[3]);
    }
  }

  private answer(slice: number, index: number, outcome: PoolAnswer): void {
    const item = this.slice[this.answered];
    if (slice !== this.sliceNumber || index !== this.answered || !item)
      throw new Error('A mapping child answered out of turn');
    this.answered++;
    this.runs++;
    this.itemStartedAt = performance.now();
    if ('ok' in outcome && !outcome.ok && outcome.error.code === 'mapping_timeout') this.listener.ranTooLong(item);
    item.settle(outcome);
  }

  private endSlice(slice: number, rssBytes: number): void {
    if (slice !== this.sliceNumber || this.state !== 'busy')
      throw new Error('A mapping child ended a slice it was not given');
    clearTimeout(this.timer);
    this.rssBytes = rssBytes;
    const unprocessed = this.slice.slice(this.answered);
    this.slice = [];
    if (this.killed) return this.listener.sliceEnded(this, unprocessed);
    this.state = 'idle';
    this.listener.sliceEnded(this, unprocessed);
  }

  private finish(exitCode: number | null, signal: NodeJS.Signals | null): void {
    clearTimeout(this.timer);
    const rest = this.slice.slice(this.answered);
    this.slice = [];
    this.state = 'ended';
    const reason = this.killed?.reason ?? reasonOf(exitCode, signal);
    // Answers that arrived after the kill mean that the item it was meant for was done: nobody is to blame.
    const blame = this.killed === undefined || this.killed.at === this.answered;
    this.listener.exited(this, {
      ready: this.wasReady,
      exitCode,
      signal,
      reason,
      culprit: blame ? rest[0] : undefined,
      verdict: reason === 'timeout' ? TIMED_OUT : reason === 'memory' ? OUT_OF_MEMORY : undefined,
      unprocessed: blame ? rest.slice(1) : rest,
    });
  }
}

/** V8 aborts when its heap is full; on some systems the shell's convention 134 is seen instead of the signal. */
function reasonOf(exitCode: number | null, signal: NodeJS.Signals | null): KillReason {
  if (signal === OVERRUN_SIGNAL) return 'timeout';
  return signal === MEMORY_SIGNAL || signal === 'SIGABRT' || signal === 'SIGTRAP' || exitCode === 134
    ? 'memory'
    : 'died';
}

function sliceMessage(slice: number, items: readonly PoolItem[]): SliceMessage {
  const expressions = new Map<string, number>();
  const bindings = new Map<string, number>();
  const indexOf = (known: Map<string, number>, text: string): number => {
    const index = known.get(text) ?? known.size;
    known.set(text, index);
    return index;
  };
  const lines = items.map((item): SliceItem => [
    indexOf(expressions, item.expression),
    item.bindingsText === undefined ? -1 : indexOf(bindings, item.bindingsText),
    item.timeoutMs,
    item.inputText,
    item.links,
  ]);
  return { slice, expressions: [...expressions.keys()], bindings: [...bindings.keys()], items: lines };
}
