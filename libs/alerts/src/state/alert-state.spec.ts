import fc from 'fast-check';
import { lookAgain, type AlertState, type Look, type Pace, type Telling } from './alert-state';

const PACE: Pace = { forMs: 60, clearAfterMs: 30, repeatMs: 1_000 };
const look = (now: number, active: boolean, rest: Partial<Look> = {}): Look => ({
  now,
  active,
  enabled: true,
  mutedUntil: null,
  ...rest,
});

/** Looks one after the other; what was told, by the time of the look. */
function play(
  looks: readonly Look[],
  pace = PACE,
  change: (state: AlertState, now: number) => AlertState = (state) => state,
): { told: [number, Telling][]; state: AlertState | null } {
  const told: [number, Telling][] = [];
  let state: AlertState | null = null;
  for (const each of looks) {
    const step = lookAgain(state === null ? null : change(state, each.now), each, pace);
    if (step.tell !== null) told.push([each.now, step.tell]);
    state = step.next;
  }
  return { told, state };
}

describe('an alert', () => {
  it('opens when its condition has held for as long as the rule asks, and is told once', () => {
    expect(play([0, 30, 59, 60, 100, 200].map((now) => look(now, true)))).toMatchObject({
      told: [[60, 'triggered']],
      state: { phase: 'open', since: 0, openedAt: 60 },
    });
  });

  it('opens at once where the rule asks for no time', () => {
    expect(play([look(5, true)], { ...PACE, forMs: 0 }).told).toEqual([[5, 'triggered']]);
  });

  it('is forgotten when the condition does not last', () => {
    expect(play([look(0, true), look(30, false), look(40, true), look(90, true)])).toMatchObject({
      told: [],
      state: { since: 40 },
    });
  });

  it('is over when the condition has been false for long enough, and not when it swings', () => {
    const swinging = [
      look(0, true),
      look(60, true),
      look(70, false),
      look(90, true),
      look(110, false),
      look(139, false),
    ];
    expect(play(swinging)).toMatchObject({ told: [[60, 'triggered']], state: { phase: 'open' } });
    expect(play([...swinging, look(140, false)])).toMatchObject({
      told: [
        [60, 'triggered'],
        [140, 'resolved'],
      ],
      state: { phase: 'resolved' },
    });
  });

  it('is told again in its interval until somebody has acknowledged it, and its end all the same', () => {
    const looks = [0, 60, 1_059, 1_060, 2_060, 3_060].map((now) => look(now, true));
    const acknowledge = (state: AlertState, now: number): AlertState =>
      now >= 2_000 && state.phase === 'open' ? { ...state, phase: 'acknowledged' } : state;
    const { told } = play([...looks, look(4_000, false), look(4_030, false)], PACE, acknowledge);
    expect(told).toEqual([
      [60, 'triggered'],
      [1_060, 'reminder'],
      [4_030, 'resolved'],
    ]);
  });

  it('is told when it is no longer muted, and its end only if it was told', () => {
    const muted = { mutedUntil: 500 };
    expect(play([look(0, true, muted), look(60, true), look(499, true), look(500, true)]).told).toEqual([
      [500, 'triggered'],
    ]);
    expect(play([look(0, true, muted), look(60, true), look(100, false), look(130, false)]).told).toEqual([]);
  });

  it('ends when its rule is switched off', () => {
    const off = { enabled: false };
    expect(play([look(0, true), look(60, true), look(61, true, off), look(70, true, off)])).toMatchObject({
      told: [
        [60, 'triggered'],
        [61, 'resolved'],
      ],
      state: null,
    });
    expect(play([look(0, true), look(10, true, off)])).toEqual({ told: [], state: null });
  });
});

interface Model {
  phase: 'none' | 'pending' | 'open' | 'acknowledged';
  told: boolean;
}

/** What a person does, or what the next look finds, so many milliseconds later. */
type Command =
  | { readonly kind: 'look'; readonly wait: number; readonly active: boolean; readonly enabled: boolean }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'mute'; readonly forMs: number }
  | { readonly kind: 'restart' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      wait: fc.integer({ min: 0, max: 400 }),
      active: fc.boolean(),
      enabled: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'acknowledge' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mute' as const), forMs: fc.integer({ min: 0, max: 800 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

describe('an alert, whatever happens', () => {
  it('is told in order: once opened, reminders only while nobody has acknowledged it, once over', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.record({
          forMs: fc.integer({ min: 0, max: 300 }),
          clearAfterMs: fc.integer({ min: 0, max: 300 }),
          repeatMs: fc.integer({ min: 0, max: 500 }),
        }),
        (commands, pace) => {
          let state = null as AlertState | null;
          let now = 0;
          const model: Model = { phase: 'none', told: false };
          let lastTold = -1;
          for (const each of commands) {
            if (each.kind === 'acknowledge' && state?.phase === 'open') {
              state = { ...state, phase: 'acknowledged' };
              model.phase = 'acknowledged';
            } else if (each.kind === 'mute' && state !== null) state = { ...state, mutedUntil: now + each.forMs };
            else if (each.kind === 'restart') state = JSON.parse(JSON.stringify(state)) as AlertState | null;
            if (each.kind !== 'look') continue;
            now += each.wait;
            const muted = state?.mutedUntil != null && state.mutedUntil > now;
            const { next, tell, resolution }: ReturnType<typeof lookAgain> = lookAgain(
              state?.phase === 'resolved' ? null : state,
              // As the evaluator hands it on to the next episode.
              look(now, each.active, { enabled: each.enabled, mutedUntil: state?.mutedUntil ?? null }),
              pace,
            );
            if (tell === 'triggered') {
              expect({ told: model.told, muted, acknowledged: model.phase === 'acknowledged' }).toEqual({
                told: false,
                muted: false,
                acknowledged: false,
              });
              expect(next?.phase).toBe('open');
              expect(now - (next?.since ?? now)).toBeGreaterThanOrEqual(pace.forMs);
            }
            if (tell === 'reminder') {
              expect({ told: model.told, muted, phase: model.phase, repeats: pace.repeatMs > 0 }).toEqual({
                told: true,
                muted: false,
                phase: 'open',
                repeats: true,
              });
              expect(now - lastTold).toBeGreaterThanOrEqual(pace.repeatMs);
            }
            if (tell === 'resolved')
              expect({ told: model.told, phase: next?.phase }).toEqual({ told: true, phase: 'resolved' });
            // What was told to be open is told to be over, and by nothing else is it left.
            if (model.told && (next === null || next.phase === 'resolved')) expect(tell).toBe('resolved');
            if (resolution === 'recovered') expect(each.active).toBe(false);
            if (next?.phase === 'acknowledged') expect(model.phase).toBe('acknowledged');
            if (tell === 'triggered' || tell === 'reminder') [lastTold, model.told] = [now, true];
            if (next === null || next.phase === 'resolved') [model.phase, model.told] = ['none', false];
            else model.phase = next.phase;
            state = next;
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is the same alert however often the same moment is looked at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wait: fc.integer({ min: 0, max: 200 }), active: fc.boolean() }), { maxLength: 30 }),
        (looks) => {
          let now = 0;
          const once = looks.map(({ wait, active }) => look((now += wait), active));
          const twice = once.flatMap((each) => [each, each]);
          const pace = { ...PACE, forMs: 50, clearAfterMs: 20 };
          expect(play(twice, pace).told).toEqual(play(once, pace).told);
        },
      ),
    );
  });
});
