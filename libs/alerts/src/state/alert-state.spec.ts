import fc from 'fast-check';
import { newsOf, type Extent } from './extent';
import { lookAgain, type AlertState, type Look, type Pace, type Telling } from './alert-state';

const PACE: Pace = { forMs: 60, clearAfterMs: 30, repeatMs: 1_000, worseMs: 100 };
const look = (now: number, active: boolean, rest: Partial<Look> = {}): Look => ({
  now,
  active,
  extent: null,
  complete: true,
  agedOut: false,
  enabled: true,
  heard: true,
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

  it('is told as soon as there is somebody to tell, and to nobody before', () => {
    const looks = [
      look(0, true, { heard: false }),
      look(60, true, { heard: false }),
      look(2_000, true, { heard: false }),
    ];
    expect(play(looks)).toMatchObject({ told: [], state: { phase: 'open', openedAt: 60, toldAt: null } });
    expect(play([...looks, look(2_015, true), look(2_030, true)]).told).toEqual([[2_015, 'triggered']]);
    expect(play([...looks, look(2_015, false), look(2_045, false)]).told).toEqual([]);
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

  it('does not count as recovered when nobody has mended what is gone', () => {
    const ended = play([look(0, true), look(60, true), look(70, false), look(100, false, { agedOut: true })]);
    expect(ended.told).toEqual([
      [60, 'triggered'],
      [100, 'resolved'],
    ]);
    const open = play([look(0, true), look(60, true)], { ...PACE, clearAfterMs: 0 }).state;
    const step = (agedOut: boolean): string | null =>
      lookAgain(open, look(70, false, { agedOut }), { ...PACE, clearAfterMs: 0 }).resolution;
    expect([step(true), step(false)]).toEqual(['aged_out', 'recovered']);
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

describe('an alert that becomes worse', () => {
  const AT_ONCE = { ...PACE, forMs: 0 };
  const so = (now: number, value: number, kinds: string, rest: Partial<Look> = {}): Look =>
    look(now, true, { extent: { kinds: kinds.split(''), value }, ...rest });
  const acknowledgedAt =
    (moment: number) =>
    (state: AlertState, now: number): AlertState =>
      now === moment ? { ...state, phase: 'acknowledged' } : state;

  it.each<[string, Look[], [number, Telling][]]>([
    ['a kind that was not told', [so(0, 3, 'a'), so(200, 4, 'ab'), so(400, 4, 'ab')], [[200, 'worse']]],
    ['ten times as many as were told', [so(0, 3, 'a'), so(200, 29, 'a'), so(400, 30, 'a')], [[400, 'worse']]],
    [
      'no more often than every so often',
      [so(0, 1, 'a'), so(50, 2, 'ab'), so(99, 3, 'abc'), so(100, 3, 'abc')],
      [[100, 'worse']],
    ],
    ['a kind that was gone and comes back', [so(0, 2, 'ab'), so(200, 1, 'b'), so(400, 2, 'ab')], [[400, 'worse']]],
    ['ten times as many as were left', [so(0, 50, 'a'), so(200, 2, 'a'), so(400, 20, 'a')], [[400, 'worse']]],
    [
      'not what only a part was seen of',
      [so(0, 50, 'ab'), so(200, 2, 'a', { complete: false }), so(400, 50, 'ab')],
      [],
    ],
    ['not more of the same', [so(0, 3, 'ab'), so(200, 20, 'ba')], []],
    [
      'what was told with a reminder is known',
      [so(0, 1, 'a'), so(1_000, 1, 'a'), so(1_200, 2, 'ab')],
      [
        [1_000, 'reminder'],
        [1_200, 'worse'],
      ],
    ],
  ])('is told: %s', (_, looks, told) => {
    expect(play(looks, AT_ONCE).told).toEqual([[0, 'triggered'], ...told]);
  });

  it('says what is new, few of many, and how many there were', () => {
    const known: Extent = { kinds: ['a'], value: 3 };
    expect(newsOf(known, { kinds: ['a', 'b'], value: 40 })).toEqual(['new: b', '40, where it was 3']);
    expect(newsOf(known, { kinds: [...'abcdefgh'], value: 8 })).toEqual(
      [...'bcdef'].map((kind) => `new: ${kind}`).concat('and 2 more that are new'),
    );
    expect(newsOf({ ...known, value: 0 }, { ...known, value: 9 })).toEqual([]);
    expect(newsOf({ ...known, value: 0 }, { ...known, value: 10 })).toEqual(['10, where it was 0']);
    const many: Extent = { kinds: Array.from({ length: 200 }, (_, index) => String(index)), value: 200 };
    const [first] = [play([look(0, true, { extent: many })], AT_ONCE).state];
    expect(first?.known?.kinds.length).toBeLessThan(many.kinds.length);
    expect(newsOf(first?.known ?? known, many)).toEqual([]);
  });

  it('opens again what was acknowledged, and can be acknowledged again', () => {
    const looks = [so(0, 3, 'a'), so(50, 3, 'a'), so(200, 5_000, 'ab'), so(1_300, 5_000, 'ab')];
    expect(play(looks.slice(0, 3), AT_ONCE, acknowledgedAt(50))).toMatchObject({
      told: [
        [0, 'triggered'],
        [200, 'worse'],
      ],
      state: { phase: 'open', known: { kinds: ['a', 'b'], value: 5_000 } },
    });
    const twice = (state: AlertState, now: number): AlertState =>
      now === 50 || now === 1_300 ? { ...state, phase: 'acknowledged' } : state;
    expect(play([...looks, so(9_000, 5_000, 'ab')], AT_ONCE, twice).told).toHaveLength(2);
  });

  it('is told after a mute, not before', () => {
    const mute = (state: AlertState, now: number): AlertState => (now === 50 ? { ...state, mutedUntil: 500 } : state);
    const looks = [so(0, 3, 'a'), so(50, 3, 'a'), so(200, 5_000, 'ab'), so(499, 5_000, 'ab'), so(500, 5_000, 'ab')];
    expect(play(looks, AT_ONCE, mute).told).toEqual([
      [0, 'triggered'],
      [500, 'worse'],
    ]);
  });

  it('is told for the first time when it was acknowledged before anybody was told', () => {
    const looks = [so(0, 3, 'a', { mutedUntil: 100 }), so(50, 3, 'a'), so(150, 3, 'a'), so(200, 3, 'ab')];
    expect(play(looks, AT_ONCE, acknowledgedAt(50)).told).toEqual([[200, 'triggered']]);
  });

  it('has to be so for as long as the rule asks', () => {
    const begun = [so(0, 1, 'a'), so(60, 1, 'a')];
    expect(play([...begun, so(200, 2, 'ab'), so(259, 2, 'ab'), so(260, 1, 'a'), so(300, 2, 'ab')]).told).toHaveLength(
      1,
    );
    expect(play([...begun, so(200, 2, 'ab'), so(260, 2, 'ab')]).told).toEqual([
      [60, 'triggered'],
      [260, 'worse'],
    ]);
  });

  it('has to be so for as long again after a look that did not see it, and after it was told', () => {
    const begun = [so(0, 1, 'a'), so(60, 1, 'a'), so(200, 2, 'ab')];
    const swung = [...begun, look(210, false), so(220, 2, 'ab'), so(279, 2, 'ab'), so(280, 2, 'ab')];
    expect(play(swung).told).toEqual([
      [60, 'triggered'],
      [280, 'worse'],
    ]);
    const twice = [...begun, so(260, 2, 'ab'), so(400, 3, 'abc'), so(459, 3, 'abc'), so(460, 3, 'abc')];
    expect(play(twice).told).toEqual([
      [60, 'triggered'],
      [260, 'worse'],
      [460, 'worse'],
    ]);
  });

  it('takes what was told before anybody kept how far it went as known', () => {
    const forget = (state: AlertState, now: number): AlertState => (now === 200 ? { ...state, known: null } : state);
    expect(play([so(0, 1, 'a'), so(200, 50, 'ab'), so(400, 50, 'abc')], AT_ONCE, forget).told).toEqual([
      [0, 'triggered'],
      [400, 'worse'],
    ]);
  });
});

interface Model {
  phase: 'none' | 'pending' | 'open' | 'acknowledged';
  told: boolean;
  /** Kinds that somebody was told of, or has acknowledged, and that have been there ever since. */
  known: Set<string>;
  least: number;
}

/** What a person does, or what the next look finds, so many milliseconds later. */
type Command =
  | {
      readonly kind: 'look';
      readonly wait: number;
      readonly active: boolean;
      readonly enabled: boolean;
      readonly extent: Extent;
    }
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
      extent: fc.record({
        kinds: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
        value: fc.constantFrom(1, 2, 9, 10, 25, 100),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'acknowledge' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mute' as const), forMs: fc.integer({ min: 0, max: 800 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

describe('an alert, whatever happens', () => {
  it('is told in order: once opened, reminders only while nobody has acknowledged it, when it is worse, once over', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.record({
          forMs: fc.integer({ min: 0, max: 300 }),
          clearAfterMs: fc.integer({ min: 0, max: 300 }),
          repeatMs: fc.integer({ min: 0, max: 500 }),
          worseMs: fc.integer({ min: 0, max: 300 }),
        }),
        (commands, pace) => {
          let state = null as AlertState | null;
          let now = 0;
          const model: Model = { phase: 'none', told: false, known: new Set(), least: Infinity };
          let lastTold = -Infinity;
          let seen: Extent | null = null;
          for (const each of commands) {
            if (each.kind === 'acknowledge' && state?.phase === 'open') {
              state = { ...state, phase: 'acknowledged', known: seen, worseSince: null };
              model.phase = 'acknowledged';
              [model.known, model.least] = [new Set(seen?.kinds), seen?.value ?? Infinity];
            } else if (each.kind === 'mute' && state !== null) state = { ...state, mutedUntil: now + each.forMs };
            else if (each.kind === 'restart') state = JSON.parse(JSON.stringify(state)) as AlertState | null;
            if (each.kind !== 'look') continue;
            now += each.wait;
            const { kinds, value } = each.extent;
            if (each.active) {
              seen = each.extent;
              for (const kind of model.known) if (!kinds.includes(kind)) model.known.delete(kind);
              model.least = Math.min(model.least, value ?? Infinity);
            }
            const isWorse = kinds.some((kind) => !model.known.has(kind)) || (value ?? 0) >= model.least * 10;
            const muted = state?.mutedUntil != null && state.mutedUntil > now;
            const { next, tell, resolution }: ReturnType<typeof lookAgain> = lookAgain(
              state?.phase === 'resolved' ? null : state,
              // As the evaluator hands it on to the next episode.
              look(now, each.active, {
                enabled: each.enabled,
                mutedUntil: state?.mutedUntil ?? null,
                extent: each.active ? each.extent : null,
              }),
              pace,
            );
            if (tell === 'triggered') {
              // What was acknowledged before anybody was told is told when it is worse.
              expect({ told: model.told, muted, known: model.phase === 'acknowledged' && !isWorse }).toEqual({
                told: false,
                muted: false,
                known: false,
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
            if (tell === 'worse') {
              expect({ told: model.told, muted, active: each.active, isWorse, phase: next?.phase }).toEqual({
                told: true,
                muted: false,
                active: true,
                isWorse: true,
                phase: 'open',
              });
              expect(now - lastTold).toBeGreaterThanOrEqual(pace.worseMs);
            }
            // Nobody is left without what is new, but for as long as it has to last and a mute.
            if (pace.forMs === 0 && now - lastTold >= pace.worseMs && model.told && each.active && each.enabled)
              expect(isWorse && !muted && tell === null).toBe(false);
            if (tell === 'resolved')
              expect({ told: model.told, phase: next?.phase }).toEqual({ told: true, phase: 'resolved' });
            // What was told to be open is told to be over, and by nothing else is it left.
            if (model.told && (next === null || next.phase === 'resolved')) expect(tell).toBe('resolved');
            if (resolution === 'recovered') expect(each.active).toBe(false);
            if (next?.phase === 'acknowledged') expect(model.phase).toBe('acknowledged');
            if (tell === 'triggered' || tell === 'worse' || tell === 'reminder') {
              [lastTold, model.told] = [now, true];
              [model.known, model.least] = [new Set(kinds), value ?? Infinity];
            }
            if (next === null || next.phase === 'resolved') {
              [model.phase, model.told, lastTold] = ['none', false, -Infinity];
              [model.known, model.least] = [new Set(), Infinity];
            } else model.phase = next.phase;
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
