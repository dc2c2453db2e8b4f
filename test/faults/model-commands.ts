import fc from 'fast-check';
import { shortOrLong } from '../support/form';

const SUBJECTS = ['s-0', 's-1', 's-2'] as const;
export const SINKS = ['first', 'second'] as const;
export type SinkName = (typeof SINKS)[number];

/** Something that a customer, a destination or fate may do. `which` points at what there is by then, whatever it is. */
export type Command =
  | { readonly kind: 'post'; readonly both: boolean; readonly subject: string }
  | { readonly kind: 'duplicate' | 'conflict' | 'retry' | 'cancel'; readonly which: number }
  | { readonly kind: 'fail'; readonly sink: SinkName; readonly status: 500 | 400; readonly times: number }
  | { readonly kind: 'pause' | 'resume'; readonly sink: SinkName }
  | { readonly kind: 'rotate' | 'kill' };

const sink = fc.constantFrom(...SINKS);
const which = fc.nat(1_000);

const post = fc.record({
  kind: fc.constant('post' as const),
  both: fc.boolean(),
  subject: fc.constantFrom(...SUBJECTS),
});
/** In the short form too few to open a breaker, which would be 30 s of waiting. */
const fail = fc.record({
  kind: fc.constant('fail' as const),
  sink,
  status: fc.constantFrom(500 as const, 400 as const),
  times: fc.integer({ min: 1, max: shortOrLong(2, 7) }),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: post },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('duplicate' as const, 'conflict' as const), which }) },
  { weight: 3, arbitrary: fail },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('retry' as const, 'cancel' as const), which }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('pause' as const, 'resume' as const), sink }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const) }) },
);

const MOST_COMMANDS = shortOrLong(14, 40);
/** Of 500s in a row five open a breaker. */
const MOST_FAILS = shortOrLong(2, 100);

/** Sequences that begin with an event, because nothing can be done to nothing. */
export const sequences: fc.Arbitrary<readonly Command[]> = fc
  .tuple(post, fc.array(command, { minLength: 4, maxLength: MOST_COMMANDS }))
  .map(([first, rest]) => {
    let fails = 0;
    return [first, ...rest.filter((one) => one.kind !== 'fail' || fails++ < MOST_FAILS)];
  });
