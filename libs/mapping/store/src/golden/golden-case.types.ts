import { type Json, type JsonObject } from '@hub/platform';

export const GOLDEN_OUTCOMES = ['output', 'skipped', 'failed'] as const;
/** `skipped`: the mapping must say that there is nothing to deliver. `failed`: it must refuse the input. */
export type GoldenOutcome = (typeof GOLDEN_OUTCOMES)[number];

/** What `$link` answers in a golden case; every other question is answered with no link. */
export interface GoldenLink {
  readonly type: string;
  readonly id: string;
  readonly system: string;
  readonly found: string | null;
}

/** Bounds of one mapping's golden cases: a publish runs all of them while somebody waits. */
export const GOLDEN_LIMITS = { cases: 50, inputBytes: 200 * 1024, outputBytes: 200 * 1024, ignored: 50 } as const;

/** An input and what a mapping must make of it to be published. */
export interface NewGoldenCase {
  readonly name: string;
  /** JSON text, as it was written. */
  readonly inputText: string;
  /** Members of `$event` besides those that every event has. Null: as in a sync, without `$event` and `$link`. */
  readonly event: JsonObject | null;
  readonly links: readonly GoldenLink[];
  readonly outcome: GoldenOutcome;
  /** Undefined unless `outcome` is `output`. */
  readonly output?: Json;
  /** JSON pointers into the output: differences there, and below, do not count. */
  readonly ignored: readonly string[];
}

export type GoldenCaseChange = Partial<NewGoldenCase>;

/** What holds no part of a payload. */
export interface GoldenCaseHead extends Pick<NewGoldenCase, 'name' | 'outcome' | 'ignored'> {
  readonly id: string;
}

export interface GoldenCase extends GoldenCaseHead, NewGoldenCase {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
