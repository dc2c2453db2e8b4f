import { type LinkQuestion, type MappingError } from './mapping-engine.types';

/**
 * What parent and child say to each other: one JSON value per line over the child's stdin and stdout. Measured against
 * `fork` with either serialisation, plain pipes had the lowest round trip and need no inherited channel.
 */
export interface SliceMessage {
  readonly slice: number;
  /** Each text once, however many items use it. */
  readonly expressions: readonly string[];
  /** Bindings as JSON texts, each once. */
  readonly bindings: readonly string[];
  readonly items: readonly SliceItem[];
}

/** Index of the expression, index of the bindings or -1, time limit in ms, input text, links found so far; null where links cannot be asked for. */
export type SliceItem = readonly [
  expression: number,
  bindings: number,
  timeoutMs: number,
  inputText: string,
  links: readonly KnownLink[] | null,
];

/** A question that has been answered; null: there is no such link. */
export type KnownLink = readonly [question: LinkQuestion, found: string | null];

export type ChildMessage =
  | readonly ['ready']
  /** Outputs and errors leave as soon as each item ends, so that the parent always knows which item is running. */
  | readonly ['output', slice: number, index: number, outputText: string]
  | readonly ['error', slice: number, index: number, error: MappingError]
  /** The run asked for links that it was not given: whatever else it did is void, and it is to be run again with them. */
  | readonly ['links', slice: number, index: number, asked: readonly LinkQuestion[]]
  /** Items from `processed` on were not begun: the slice used up its turn. */
  | readonly ['end', slice: number, processed: number, rssBytes: number];

/** Handed to the child as its one argument. */
export interface ChildSettings {
  readonly maxExpressionBytes: number;
  readonly maxOutputBytes: number;
  /** After this many ms in one slice the child gives the rest back, so that others get their turn. */
  readonly turnMs: number;
  /** The watchdog ends the process when one item runs longer: the parent must be gone or stuck. */
  readonly overrunMs: number;
  /** The watchdog ends the process beyond it: `--max-old-space-size` does not count buffers. */
  readonly maxRssBytes: number;
}

/** How the watchdog ends the process; neither signal leaves a core file, and each tells the parent why. */
export const OVERRUN_SIGNAL = 'SIGALRM';
export const MEMORY_SIGNAL = 'SIGUSR2';
