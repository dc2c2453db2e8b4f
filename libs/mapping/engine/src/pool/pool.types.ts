import { type Result } from '@hub/platform';
import { type LinkQuestion, type MappingError, type MappingOutput } from '../mapping-engine.types';
import { type KnownLink } from '../protocol';

export type MappingOutcome = Result<MappingOutput, MappingError>;

/** The end of a run, or the links that it needs to be run again with. */
export type PoolAnswer = MappingOutcome | { readonly needs: readonly LinkQuestion[] };

/** One evaluation on its way through the pool. */
export interface PoolItem {
  readonly expression: string;
  readonly inputText: string;
  /** JSON text; equal objects of one call share one text. */
  readonly bindingsText: string | undefined;
  readonly timeoutMs: number;
  readonly lane: string;
  /** Links found so far; null where the expression may not ask for any. */
  readonly links: readonly KnownLink[] | null;
  /** How many children died over it without a clear reason. */
  deaths: number;
  readonly settle: (answer: PoolAnswer) => void;
}

export const UNAVAILABLE: MappingOutcome = {
  ok: false,
  error: {
    code: 'mapping_unavailable',
    message: 'The mapping engine is stopping, overloaded or cannot start. Try again.',
  },
};

export const TIMED_OUT: MappingOutcome = {
  ok: false,
  error: {
    code: 'mapping_timeout',
    message: 'The expression was cut after its time limit. Check for an endless loop.',
  },
};

export const OUT_OF_MEMORY: MappingOutcome = {
  ok: false,
  error: { code: 'mapping_memory', message: 'The expression needs more memory than it may have.' },
};
