import { type ConnectorError, type PulledChange } from '@hub/connector-sdk';
import { type DrainTarget, type JsonObject } from '@hub/platform';
import { type RunKind, type RunPhase } from '../syncs/sync.types';
import { type PageCounts } from './puller.ports';
import { type PullVerdict } from './pull-failure';

/** The right to pull from one connection, held by one process in the cluster. */
export interface PullLease {
  readonly target: DrainTarget;
  /** Fencing token: whatever is written takes effect only while the connection still carries it. */
  readonly token: string;
}

export interface WorkSync {
  readonly id: string;
  readonly object: string;
  readonly mappingId: string | null;
}

export interface WorkRun {
  readonly id: string;
  readonly kind: RunKind;
  readonly mode: 'changes' | 'full';
  readonly phase: RunPhase;
  /** The sync's own cursor, or the run's for a back-fill and a whole listing. */
  readonly cursor: JsonObject | null;
  readonly since: string | null;
  /** When the run began, by the database's clock. */
  readonly startedAt: Date;
  readonly missingAfter: string | null;
  readonly recordsSeen: number;
  /** A person has said that many records are really gone. */
  readonly allowDeletions: boolean;
  /** Failures in a row. */
  readonly failures: number;
}

export interface HookNotice {
  readonly recordId: string;
  readonly change: PulledChange;
  /** What is read becomes an event, also when it is what the hub has written itself. */
  readonly carry: boolean;
  readonly revision: number;
  /** Times that the record could not be read. */
  readonly attempts: number;
  readonly ageMs: number;
}

/** One unit of work: a page, or a handful of announced records. */
export type PullWork =
  | { readonly kind: 'page'; readonly sync: WorkSync; readonly run: WorkRun }
  | {
      readonly kind: 'notices';
      readonly sync: WorkSync;
      readonly run: WorkRun;
      /** Of one object, at most 100. */
      readonly notices: readonly HookNotice[];
    };

export interface PageDone {
  readonly counts: PageCounts;
  /** Null: leave it where it is. */
  readonly cursor: JsonObject | null;
  readonly phase: RunPhase;
  readonly missingAfter: string | null;
  readonly runDone: boolean;
  /** Deletions may have gone unseen: every record is to be listed. */
  readonly needsListing?: boolean;
}

/** What became of announced records: `retry` ones could not be read yet. */
export interface NoticesDone {
  readonly counts: PageCounts;
  readonly settled: readonly HookNotice[];
  readonly retry: readonly { readonly notice: HookNotice; readonly delayMs: number }[];
  /** The connector cannot read records by id: the sync is pulled at once instead. */
  readonly pullInstead: boolean;
}

/**
 * Where syncs, runs, cursors and leases are kept. Methods that write throw `LeaseLostError` when another process has
 * taken the connection over; nothing has been written then.
 */
export interface PullStore {
  /** Null when the connection is being pulled, may not be called now, or is not active. */
  take(target: DrainTarget, token: string, worker: string): Promise<PullLease | null>;
  renew(lease: PullLease): Promise<boolean>;
  /** What to do next; hooks first, then changes, then back-fills and listings, the least recently served first. */
  next(lease: PullLease): Promise<PullWork | null>;
  /** The events of the page are committed: counts, cursor and, with the last page, the run's end in one transaction. */
  finishPage(lease: PullLease, work: PullWork, done: PageDone): Promise<void>;
  finishNotices(lease: PullLease, work: PullWork, done: NoticesDone): Promise<void>;
  fail(lease: PullLease, work: PullWork, error: ConnectorError, verdict: PullVerdict): Promise<void>;
  /** @returns ms until something is due on this connection; null when nothing is planned. */
  release(lease: PullLease): Promise<number | null>;
  /** The shortest interval of the connection's syncs, in ms; null when none is to run. */
  cadence(target: DrainTarget): Promise<number | null>;
}

/** Another process pulls from this connection now. */
export class LeaseLostError extends Error {
  constructor() {
    super('another process has taken the connection over');
    this.name = 'LeaseLostError';
  }
}
