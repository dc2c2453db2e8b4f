import { type TenantTx } from '@hub/tenancy';

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One thing that makes a rule's condition true, in words that carry no payload, no secret and no vendor's free text. */
export interface Cause {
  readonly what: string;
  readonly count?: number;
  /** RFC 3339. */
  readonly since?: string;
}

/** The condition of a rule is true for a subject now. All causes of one rule and subject are one alert. */
export interface Observation {
  /** Stable for as long as it is the same trouble: the alert's identity beside its rule. `''` for the tenant as a whole. */
  readonly subject: string;
  readonly connection: { readonly id: string; readonly name: string } | null;
  readonly title: string;
  readonly causes: readonly Cause[];
  /** What was compared with the threshold. */
  readonly value: number | null;
  /**
   * Where one alert is about several things: each of them, by words that stay the same for as long as it is the same, for
   * people to read. One that nobody knows of yet, or ten times the value, is told although the alert is open already.
   */
  readonly kinds?: readonly string[];
  /** What the rule finds again as long as it is at hand: whether what is not so any more was mended, or has left. */
  readonly witness?: string;
}

export interface Signals {
  readonly found: readonly Observation[];
  /** False when not everything could be looked at: what is not among `found` may still be so, and stays as it was. */
  readonly complete: boolean;
  /** Subjects that are not so any more because their rows have left, and not because anybody has done anything. */
  readonly agedOut: readonly string[];
}

/** A rule's settings as they hold for a tenant. */
export interface RuleSettings {
  readonly enabled: boolean;
  /** In the rule's unit; 0 for rules without one. */
  readonly threshold: number;
  /** Fewer events or calls than this tell nothing. */
  readonly leastVolume: number;
  /** How long the condition must hold before the alert opens. */
  readonly forSeconds: number;
  /** Between two reminders while nobody has acknowledged it; 0 for none. */
  readonly repeatSeconds: number;
  readonly severity: Severity;
}

/** How often a sync runs, and when it last had everything. */
export interface SyncTimes {
  readonly intervalSeconds: number;
  readonly dailyWindow: unknown;
  readonly freshnessSeconds: number | null;
  /** Of the last success, or of the sync's making before the first. */
  readonly freshSince: Date;
}

/** Days that rows stay in the database. */
export interface Retention {
  /** Counted from the end of the day. */
  readonly hotDays: number;
  readonly deadLetterDays: number;
}

/** What rules know through other libraries. */
export interface SignalPorts {
  /** Seconds by which the sync's data is older than it may be; null while it is fresh. */
  readonly lateness: (sync: SyncTimes, now: Date) => number | null;
  readonly retention: (tx: TenantTx) => Promise<Retention>;
}

export interface SignalContext {
  /** The database's clock at the beginning of the look. */
  readonly now: Date;
  readonly settings: RuleSettings;
  readonly ports: SignalPorts;
  /** By subject, of the rule's episodes that go on: the witness that was last seen. */
  readonly witnesses: ReadonlyMap<string, string>;
}

export interface Threshold {
  readonly unit: 'count' | 'seconds' | 'percent' | 'factor' | 'days' | 'hours';
  readonly default: number;
  readonly least: number;
  readonly most: number;
  /** `The alert opens when …`. */
  readonly meaning: string;
}

/** Level-triggered: each look tells what is so now, from the database alone, so a restart forgets nothing. */
export interface AlertRule {
  /** Stable, snake_case. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** What a person should do. */
  readonly advice: string;
  readonly threshold: Threshold | null;
  /** Null where volume says nothing. */
  readonly leastVolume: number | null;
  readonly forSeconds: number;
  readonly repeatSeconds: number;
  readonly severity: Severity;
  /** How long the condition must be false before the alert counts as recovered: for figures that swing. */
  readonly clearAfterSeconds: number;
  /** Must be cheap: it runs for each tenant every quarter of a minute. */
  readonly read: (tx: TenantTx, context: SignalContext) => Promise<Signals>;
}

export const seen = (found: readonly Observation[], complete = true, agedOut: readonly string[] = []): Signals => ({
  found,
  complete,
  agedOut,
});
