import { type Json, type Result } from '@hub/platform';

export type MappingErrorCode =
  /** The expression does not parse. */
  | 'mapping_syntax'
  /** The expression threw: a type error, an unknown function, `$error()` or a failed `$assert()`. */
  | 'mapping_runtime'
  /** Cut after the time limit. */
  | 'mapping_timeout'
  /** The child ran out of memory or died. */
  | 'mapping_memory'
  | 'mapping_output_too_large'
  /** The result is `undefined` (nothing matched) where an output is needed. */
  | 'mapping_no_output'
  /** `$linkRequired` found no link: the record may still be on its way to the other system. Worth waiting for. */
  | 'mapping_link_missing'
  /** `$skip`: the expression says that there is nothing to deliver. No fault. */
  | 'mapping_skipped'
  | 'mapping_expression_too_large'
  /** The engine is stopping or its queue is full: not the expression's fault, worth another try. */
  | 'mapping_unavailable';

export interface MappingError {
  readonly code: MappingErrorCode;
  /** Plain words, without stack. */
  readonly message: string;
  /** Where in the expression, when known: 0-based offset, 1-based line and column. */
  readonly position?: { readonly offset: number; readonly line: number; readonly column: number };
  readonly token?: string;
  /** With `mapping_link_missing`: which link there has to be. */
  readonly link?: LinkQuestion;
}

/** `$link(type, id, system)`: which record of `system` is the one that is `id` where the input comes from? */
export interface LinkQuestion {
  readonly type: string;
  readonly id: string;
  readonly system: string;
}

export interface LinkLookup extends LinkQuestion {
  /** The system that `id` is of, as the request named it. */
  readonly from: string;
}

/** Port to whoever keeps the links between records. */
export interface LinkResolver {
  /**
   * Asked for all runs of a batch together, each question once.
   * @returns the id in the other system or null, in the order of the questions.
   */
  find(lookups: readonly LinkLookup[]): Promise<readonly (string | null)[]>;
}

export interface MappingRequest {
  readonly expression: string;
  /** The event's `data` as received. Numbers that a double cannot hold exactly reach the expression as strings. */
  readonly inputText: string;
  /** Extra variables: `$event`, `$lookup tables`, …; each becomes `$<name>`. */
  readonly bindings?: { readonly [name: string]: Json };
  /** Default: the engine's limit (250 ms). Never more than it. */
  readonly timeoutMs?: number;
  /**
   * Whoever takes turns on the pool, normally the tenant's id: requests of one lane wait behind each other, never behind
   * the backlog of another lane. Without it every call is a lane of its own.
   */
  readonly lane?: string;
  /** What `$link` and `$linkRequired` ask. Without it both fail. */
  readonly links?: {
    readonly resolver: LinkResolver;
    /** The system that the input comes from. */ readonly from: string;
  };
}

/** The result as JSON text (it is stored and sent) — parse it where the value is needed. */
export interface MappingOutput {
  readonly outputText: string;
}

/**
 * Runs tenants' JSONata in child processes with limits on time and memory. A thread is no wall: `$pad("x", 5e8)`
 * aborts the whole process from inside one.
 */
export interface MappingEngine {
  evaluate(request: MappingRequest): Promise<Result<MappingOutput, MappingError>>;
  /** Outcomes in the order of the requests; one that hangs or dies costs only itself. */
  evaluateMany(requests: readonly MappingRequest[]): Promise<readonly Result<MappingOutput, MappingError>[]>;
  /** Parses without running. */
  check(expression: string): Result<null, MappingError>;
  close(): Promise<void>;
}

/** What happens to the children, for logs and metrics; never holds an expression or data. */
export type MappingEngineEvent =
  | { readonly kind: 'child_started'; readonly pid: number; readonly afterMs: number }
  /** Replaced in turn, after its runs or because its memory grew. */
  | { readonly kind: 'child_recycled'; readonly pid: number; readonly runs: number; readonly rssBytes: number }
  | { readonly kind: 'child_killed'; readonly pid: number; readonly reason: 'timeout' | 'memory' | 'died' | 'protocol' }
  | {
      readonly kind: 'child_start_failed';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly inARow: number;
    };

export interface MappingEngineOptions {
  /** Child processes, each about 85 MB. Default 2. */
  readonly poolSize?: number;
  /** For one item, in ms. Default 250. */
  readonly timeLimitMs?: number;
  /** Default 8 KiB. */
  readonly maxExpressionBytes?: number;
  /** Input and bindings together. Default 512 KiB: an event has at most 256 KiB. */
  readonly maxInputBytes?: number;
  /** Default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** A child is replaced after so many runs (or when its memory has grown). Default 50,000. */
  readonly maxRunsPerChild?: number;
  /** JavaScript heap of a child, in MiB. Default 64. */
  readonly heapMb?: number;
  /** Waiting items; more are refused with `mapping_unavailable`. Default 20,000. */
  readonly maxQueued?: number;
  readonly onEvent?: (event: MappingEngineEvent) => void;
}
