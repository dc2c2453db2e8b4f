import { err, ok, type Result } from '@hub/platform';
import { parseExpression } from './expression/parse-expression';
import {
  type MappingEngine,
  type MappingEngineOptions,
  type MappingError,
  type MappingRequest,
} from './mapping-engine.types';
import { LINKS_TOO_DEEP, LINKS_UNAVAILABLE, lookUp, MAX_LINK_ROUNDS, type AskingRun } from './mapping-links';
import { ChildPool } from './pool/child-pool';
import { UNAVAILABLE, type MappingOutcome, type PoolAnswer, type PoolItem } from './pool/pool.types';
import { type KnownLink } from './protocol';

const KIB = 1024;
const MIB = 1024 * KIB;

type Settled = Required<Omit<MappingEngineOptions, 'onEvent'>>;

const DEFAULTS: Settled = {
  poolSize: 2,
  timeLimitMs: 250,
  maxExpressionBytes: 8 * KIB,
  maxInputBytes: 512 * KIB,
  maxOutputBytes: MIB,
  // Starting a child costs some 200 ms of a core: at 10,000 runs that is a third of the throughput (measured), at 50,000 a tenth.
  maxRunsPerChild: 50_000,
  heapMb: 64,
  maxQueued: 20_000,
};
/** Between its items a child gives up its place after so long, so lanes wait for each other in small steps. */
const TURN_MS = 25;
/** A process with a full heap of 64 MiB and its code shows 200 MiB; what lies above is memory outside the heap. */
const RSS_ABOVE_HEAP = 192 * MIB;
/** Above it a child between two slices has grown beyond what its caches explain. */
const RECYCLE_ABOVE_HEAP = 112 * MIB;

function settle(options: MappingEngineOptions): Settled {
  const given = Object.entries(options).filter(([name, value]) => name !== 'onEvent' && value !== undefined);
  const settled: Settled = { ...DEFAULTS, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(settled)) {
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`Mapping engine: ${name} must be a whole number from 1, not ${value}`);
  }
  return settled;
}

/** One request on its way through the rounds. */
interface Run {
  readonly index: number;
  readonly request: MappingRequest;
  readonly bindingsText: string | undefined;
  readonly known: readonly KnownLink[] | null;
}

class PooledMappingEngine implements MappingEngine {
  private readonly pool: ChildPool;
  private calls = 0;

  constructor(
    private readonly settings: Settled,
    onEvent: NonNullable<MappingEngineOptions['onEvent']>,
  ) {
    this.pool = new ChildPool({
      poolSize: settings.poolSize,
      heapMb: settings.heapMb,
      maxRunsPerChild: settings.maxRunsPerChild,
      recycleRssBytes: settings.heapMb * MIB + RECYCLE_ABOVE_HEAP,
      child: {
        maxExpressionBytes: settings.maxExpressionBytes,
        maxOutputBytes: settings.maxOutputBytes,
        turnMs: TURN_MS,
        overrunMs: settings.timeLimitMs * 4 + 1_000,
        maxRssBytes: settings.heapMb * MIB + RSS_ABOVE_HEAP,
      },
      onEvent,
    });
  }

  check(expression: string): Result<null, MappingError> {
    const parsed = parseExpression(expression, this.settings.maxExpressionBytes);
    return parsed.ok ? ok(null) : parsed;
  }

  async evaluate(request: MappingRequest): Promise<MappingOutcome> {
    const [outcome] = await this.evaluateMany([request]);
    return outcome ?? UNAVAILABLE;
  }

  async evaluateMany(requests: readonly MappingRequest[]): Promise<readonly MappingOutcome[]> {
    const ownLane = `call ${++this.calls}`;
    const bindingsTexts = new Map<object, string>();
    const outcomes = new Array<MappingOutcome>(requests.length).fill(LINKS_TOO_DEEP);
    let open = requests.map((request, index): Run => ({
      index,
      request,
      bindingsText: request.bindings && textOf(request.bindings, bindingsTexts),
      known: request.links === undefined ? null : [],
    }));
    for (let round = 1; round <= MAX_LINK_ROUNDS && open.length > 0; round++) {
      const answers = await this.submit(open, ownLane);
      const asking: (Run & AskingRun)[] = [];
      open.forEach((run, position) => {
        const answer = answers[position] ?? UNAVAILABLE;
        if ('ok' in answer) outcomes[run.index] = answer;
        else if (run.request.links !== undefined)
          asking.push({ ...run, links: run.request.links, needs: answer.needs });
      });
      open = await this.answered(asking, outcomes);
    }
    return outcomes;
  }

  /** The runs to be repeated with what has been found out for them. */
  private async answered(asking: readonly (Run & AskingRun)[], outcomes: MappingOutcome[]): Promise<Run[]> {
    if (asking.length === 0) return [];
    const found = await lookUp(asking);
    return asking.flatMap(({ index, request, bindingsText, known }, position) => {
      const links = found[position] ?? null;
      if (links === null) outcomes[index] = LINKS_UNAVAILABLE;
      return links === null ? [] : [{ index, request, bindingsText, known: [...(known ?? []), ...links] }];
    });
  }

  private submit(runs: readonly Run[], ownLane: string): Promise<readonly PoolAnswer[]> {
    const items: PoolItem[] = [];
    const room = this.pool.isClosing ? 0 : Math.max(0, this.settings.maxQueued - this.pool.queued);
    const answers = runs.map((run) => {
      const refused = this.refuse(run.request, run.bindingsText) ?? (items.length >= room ? UNAVAILABLE : undefined);
      if (refused) return Promise.resolve(refused);
      return new Promise<PoolAnswer>((resolve) => items.push(this.itemOf(run, ownLane, resolve)));
    });
    this.pool.submit(items);
    return Promise.all(answers);
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private itemOf({ request, bindingsText, known }: Run, ownLane: string, settleItem: PoolItem['settle']): PoolItem {
    const limit = this.settings.timeLimitMs;
    return {
      expression: request.expression,
      inputText: request.inputText,
      bindingsText,
      timeoutMs: Math.min(limit, Math.max(1, request.timeoutMs ?? limit)),
      lane: request.lane === undefined ? ownLane : `lane ${request.lane}`,
      links: known,
      deaths: 0,
      settle: settleItem,
    };
  }

  private refuse(
    { expression, inputText }: MappingRequest,
    bindingsText: string | undefined,
  ): MappingOutcome | undefined {
    const { maxExpressionBytes, maxInputBytes } = this.settings;
    if (isLonger(expression, maxExpressionBytes))
      return err({
        code: 'mapping_expression_too_large',
        message: `The expression is larger than ${maxExpressionBytes} bytes.`,
      });
    if (isLonger(inputText, maxInputBytes - Buffer.byteLength(bindingsText ?? '')))
      return err({ code: 'mapping_runtime', message: `The input is larger than ${maxInputBytes} bytes.` });
    return undefined;
  }
}

/** Cheap for the common short text: a character takes at most three bytes. */
function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

/** Batches share one bindings object; it is turned into text once. */
function textOf(bindings: object, known: Map<object, string>): string {
  const text = known.get(bindings) ?? JSON.stringify(bindings);
  known.set(bindings, text);
  return text;
}

/**
 * Starts the pool; the children warm up at once and do not count their start against anybody's time limit.
 * @throws Error when the child process is not built or an option is out of range.
 */
export function createMappingEngine(options: MappingEngineOptions = {}): MappingEngine {
  return new PooledMappingEngine(settle(options), options.onEvent ?? (() => undefined));
}
