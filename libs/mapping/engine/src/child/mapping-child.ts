import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Result } from '@hub/platform';
import { type MappingError } from '../mapping-engine.types';
import { type ChildMessage, type ChildSettings, type SliceMessage } from '../protocol';
import { ExpressionRunner } from './expression-runner';
import { LinkSession } from './link-session';
import { itemClock, type WatchdogData } from './watchdog';

/** Brings parser, interpreter and the larger helpers into memory, so that no item pays for it. */
const WARM_UP: readonly string[] = [
  '{"a": $uppercase(name), "b": lines[qty > 1].{"t": $mul(price, qty)}, "c": $sum(lines.qty)}',
  '$countryCode("Deutschland") & $phone("030 123456", "DE") & $toInstant("2024-01-01", "Europe/Berlin") & $hash("x")',
  '$replace(name, /([a-z])(\\d)?/i, "$1") & $money(1, "EUR").amount & $slug(name) & $email("a@b.example")',
];
const WARM_UP_INPUT =
  '{"name":"Ada 1","lines":[{"qty":2,"price":"1.50"},{"qty":1,"price":"2"}],"big":12345678901234567890}';

function startWatchdog(settings: ChildSettings): Int32Array {
  const shared = new SharedArrayBuffer(4);
  const data: WatchdogData = {
    parentPid: process.ppid,
    shared,
    overrunMs: settings.overrunMs,
    maxRssBytes: settings.maxRssBytes,
  };
  const worker = new Worker(path.join(__dirname, 'watchdog.js'), {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  // Without its watchdog a child could outlive its parent.
  worker.on('exit', () => process.exit(70));
  worker.on('error', () => process.exit(70));
  return new Int32Array(shared);
}

/** Resolves when the kernel holds the line: what is still in our own buffer would die with us and blame the wrong item. */
function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(message)}\n`, () => resolve()));
}

class ChildLoop {
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly runner: ExpressionRunner,
    private readonly settings: ChildSettings,
    private readonly started: Int32Array,
  ) {}

  accept(line: string): void {
    this.queue = this.queue.then(() => this.runSlice(JSON.parse(line) as SliceMessage));
  }

  private async runSlice({ slice, expressions, bindings, items }: SliceMessage): Promise<void> {
    const turnEnds = performance.now() + this.settings.turnMs;
    let processed = 0;
    for (const [expression, bindingsIndex, timeoutMs, inputText, known] of items) {
      if (processed > 0 && performance.now() > turnEnds) break;
      Atomics.store(this.started, 0, itemClock(Date.now()));
      const links = known === null ? null : new LinkSession(known);
      const result = await this.runner.run(
        expressions[expression] ?? '',
        inputText,
        bindings[bindingsIndex] ?? null,
        timeoutMs,
        links,
      );
      Atomics.store(this.started, 0, 0);
      await send(answerOf(slice, processed, result, links));
      processed++;
    }
    await send(['end', slice, processed, process.memoryUsage.rss()]);
  }
}

function answerOf(
  slice: number,
  index: number,
  result: Result<string, MappingError>,
  links: LinkSession | null,
): ChildMessage {
  if (links !== null && links.asked.length > 0) return ['links', slice, index, links.asked];
  return result.ok ? ['output', slice, index, result.value] : ['error', slice, index, result.error];
}

/** Nothing in an expression can name these; should an escape be found, there is less to find. */
function dropNetworkGlobals(): void {
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest']) Reflect.deleteProperty(globalThis, name);
}

async function main(settings: ChildSettings): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent drains its work first and ends us by closing our stdin.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.stdout.on('error', () => process.exit(0));
  dropNetworkGlobals();
  const started = startWatchdog(settings);
  const runner = await ExpressionRunner.create(settings);
  for (let round = 0; round < 20; round++)
    for (const expression of WARM_UP) await runner.run(expression, WARM_UP_INPUT, null, 60_000);
  const loop = new ChildLoop(runner, settings, started);
  let pending = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (pending + chunk).split('\n');
    pending = lines.pop() ?? '';
    for (const line of lines) loop.accept(line);
  });
  process.stdin.on('close', () => process.exit(0));
  await send(['ready']);
}

void main(JSON.parse(process.argv[2] ?? '{}') as ChildSettings);
