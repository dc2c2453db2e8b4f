import { bounded, newsOf, stillSo, type Extent } from './extent';

export const ALERT_PHASES = ['pending', 'open', 'acknowledged', 'resolved'] as const;
export type AlertPhase = (typeof ALERT_PHASES)[number];

/** How an episode ended. `aged_out`: nobody has mended it, and it cannot be looked at any more. */
export const RESOLUTIONS = ['recovered', 'aged_out', 'rule_disabled'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** What is told to channels. */
export type Telling = 'triggered' | 'worse' | 'reminder' | 'resolved';

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
  /** How far it went, as told or acknowledged. Null: nobody knows, or the rule does not tell how far. */
  readonly known: Extent | null;
  /** Since when it has been worse than that. */
  readonly worseSince: number | null;
}

export interface Look {
  readonly now: number;
  /** The condition is true. */
  readonly active: boolean;
  /** How far it goes; null while it is not so, and for rules that do not tell. */
  readonly extent: Extent | null;
  /** False when only a part could be looked at: what is not in `extent` may still be so. */
  readonly complete: boolean;
  /** Of what is not so any more: nobody has mended it, its rows have left the database. */
  readonly agedOut: boolean;
  readonly enabled: boolean;
  /** Some channel takes what is told now. Where none does, nobody knows, and whoever comes is told. */
  readonly heard: boolean;
  /** Of an earlier episode of the same rule and subject, for one that begins now. */
  readonly mutedUntil: number | null;
}

export interface Pace {
  readonly forMs: number;
  readonly clearAfterMs: number;
  /** 0: no reminders. */
  readonly repeatMs: number;
  /** From one telling to the next that says it is worse: what comes in between is told at once then. */
  readonly worseMs: number;
}

export interface Step {
  /** Null: there is no episode. */
  readonly next: AlertState | null;
  readonly tell: Telling | null;
  /** What was not known before, in words, where that is told. */
  readonly news: readonly string[];
  readonly resolution: Resolution | null;
}

const NOTHING: Step = { next: null, tell: null, news: [], resolution: null };

/**
 * What a look makes of an episode. Pure: everything that counts is in the state, which is kept in the database, so it makes
 * no difference which process looks, or how often it has died meanwhile.
 *
 * Told once when it opens, not again while it is open but for reminders and when it becomes worse, once when it is over.
 * Who has acknowledged it has acknowledged what there was: what is worse opens it again. Muting holds back everything but the
 * end of what was told, or whoever was called would never be let go.
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
  if (look.now - clearSince >= pace.clearAfterMs)
    return ended({ ...state, clearSince }, look.agedOut ? 'aged_out' : 'recovered');
  return quiet({ ...state, clearSince, worseSince: null });
}

function beginning({ now, mutedUntil }: Look): AlertState {
  return {
    phase: 'pending',
    since: now,
    openedAt: null,
    clearSince: null,
    mutedUntil,
    toldAt: null,
    lastToldAt: null,
    known: null,
    worseSince: null,
  };
}

function proceed(state: AlertState, look: Look, pace: Pace): Step {
  const { now, extent } = look;
  if (state.phase === 'pending' && now - state.since < pace.forMs) return quiet(state);
  const begun: AlertState = state.phase === 'pending' ? { ...state, phase: 'open', openedAt: now } : state;
  const known = knownNow(begun, look);
  const news = extent === null || known === null ? [] : newsOf(known, extent);
  const open = { ...begun, known, worseSince: news.length === 0 ? null : (begun.worseSince ?? now) };
  if (!look.heard || (open.mutedUntil !== null && open.mutedUntil > now)) return quiet(open);
  if (open.phase === 'open' && open.toldAt === null) return telling(open, 'triggered', look, []);
  const sinceToldMs = open.lastToldAt === null ? Infinity : now - open.lastToldAt;
  // What swings does not make it worse, as it does not open it.
  if (open.worseSince !== null && now - open.worseSince >= pace.forMs && sinceToldMs >= pace.worseMs)
    return telling({ ...open, phase: 'open' }, open.toldAt === null ? 'triggered' : 'worse', look, news);
  if (open.phase === 'open' && pace.repeatMs > 0 && sinceToldMs >= pace.repeatMs)
    return telling(open, 'reminder', look, news);
  return quiet(open);
}

/** Of what was told or acknowledged before anybody kept how far it went, that is how far it goes now. */
function knownNow({ known, phase, toldAt }: AlertState, { extent, complete }: Look): Extent | null {
  if (extent === null) return known;
  if (known === null) return phase === 'acknowledged' || toldAt !== null ? bounded(extent) : null;
  return complete ? stillSo(known, extent) : known;
}

function telling(state: AlertState, tell: Telling, { now, extent }: Look, news: readonly string[]): Step {
  const known = extent === null ? state.known : bounded(extent);
  const next = { ...state, toldAt: state.toldAt ?? now, lastToldAt: now, known, worseSince: null };
  return { next, tell, news, resolution: null };
}

function quiet(next: AlertState): Step {
  return { next, tell: null, news: [], resolution: null };
}

function ended(state: AlertState, resolution: Resolution): Step {
  return {
    next: { ...state, phase: 'resolved' },
    tell: state.toldAt === null ? null : 'resolved',
    news: [],
    resolution,
  };
}
