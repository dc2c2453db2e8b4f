export const ALERT_PHASES = ['pending', 'open', 'acknowledged', 'resolved'] as const;
export type AlertPhase = (typeof ALERT_PHASES)[number];

/** How an episode ended. */
export type Resolution = 'recovered' | 'rule_disabled';

/** What is told to channels. */
export type Telling = 'triggered' | 'reminder' | 'resolved';

/** One episode of one rule and subject. Times are milliseconds by the database's clock. */
export interface AlertState {
  readonly phase: AlertPhase;
  /** Since when the condition has been seen. */
  readonly since: number;
  readonly openedAt: number | null;
  /** Since when it has been seen no more. */
  readonly clearSince: number | null;
  readonly mutedUntil: number | null;
  /** When it was told that it is open. Nothing is told of the end of what nobody was told of. */
  readonly toldAt: number | null;
  readonly lastToldAt: number | null;
}

export interface Look {
  readonly now: number;
  /** The condition is true. */
  readonly active: boolean;
  readonly enabled: boolean;
  /** Of an earlier episode of the same rule and subject, for one that begins now. */
  readonly mutedUntil: number | null;
}

export interface Pace {
  readonly forMs: number;
  readonly clearAfterMs: number;
  /** 0: no reminders. */
  readonly repeatMs: number;
}

export interface Step {
  /** Null: there is no episode. */
  readonly next: AlertState | null;
  readonly tell: Telling | null;
  readonly resolution: Resolution | null;
}

const NOTHING: Step = { next: null, tell: null, resolution: null };

/**
 * What a look makes of an episode. Pure: everything that counts is in the state, which is kept in the database, so it makes
 * no difference which process looks, or how often it has died meanwhile.
 *
 * Told once when it opens, not again while it is open but for reminders, once when it is over. Muting holds back the first
 * telling and reminders; the end of what was told is told all the same, or whoever was called would never be let go.
 */
export function lookAgain(state: AlertState | null, look: Look, pace: Pace): Step {
  if (state === null || state.phase === 'resolved') {
    if (!look.enabled || !look.active) return NOTHING;
    return proceed(beginning(look), look, pace);
  }
  if (!look.enabled) return state.phase === 'pending' ? NOTHING : ended(state, 'rule_disabled');
  if (look.active) return proceed({ ...state, clearSince: null }, look, pace);
  if (state.phase === 'pending') return NOTHING;
  const clearSince = state.clearSince ?? look.now;
  if (look.now - clearSince >= pace.clearAfterMs) return ended({ ...state, clearSince }, 'recovered');
  return { next: { ...state, clearSince }, tell: null, resolution: null };
}

function beginning({ now, mutedUntil }: Look): AlertState {
  return { phase: 'pending', since: now, openedAt: null, clearSince: null, mutedUntil, toldAt: null, lastToldAt: null };
}

function proceed(state: AlertState, { now }: Look, pace: Pace): Step {
  if (state.phase === 'pending' && now - state.since < pace.forMs) return { next: state, tell: null, resolution: null };
  const open: AlertState = state.phase === 'pending' ? { ...state, phase: 'open', openedAt: now } : state;
  const isQuiet = open.phase === 'acknowledged' || (open.mutedUntil !== null && open.mutedUntil > now);
  if (isQuiet) return { next: open, tell: null, resolution: null };
  if (open.toldAt === null)
    return { next: { ...open, toldAt: now, lastToldAt: now }, tell: 'triggered', resolution: null };
  if (pace.repeatMs > 0 && now - (open.lastToldAt ?? open.toldAt) >= pace.repeatMs)
    return { next: { ...open, lastToldAt: now }, tell: 'reminder', resolution: null };
  return { next: open, tell: null, resolution: null };
}

function ended(state: AlertState, resolution: Resolution): Step {
  return { next: { ...state, phase: 'resolved' }, tell: state.toldAt === null ? null : 'resolved', resolution };
}
