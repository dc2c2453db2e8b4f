import { newUuid, type DrainTarget, type JsonObject } from '@hub/platform';
import { type ConnectorError } from '@hub/connector-sdk';
import { type PullVerdict } from '../pull/pull-failure';
import {
  LeaseLostError,
  type HookNotice,
  type NoticesDone,
  type PageDone,
  type PullLease,
  type PullStore,
  type PullWork,
  type WorkRun,
} from '../pull/pull-store.port';
import { type RunKind } from '../syncs/sync.types';

interface MemoryRun extends WorkRun {
  status: 'open' | 'succeeded' | 'failed';
}

/** One sync of one connection; whatever is open is due. Leases do not expire by themselves: `expire` is the dead process. */
export class MemoryStore implements PullStore {
  cursor: JsonObject | null = null;
  since: string | null = null;
  token: string | null = null;
  readonly runs: MemoryRun[] = [];
  readonly pages: PageDone[] = [];
  readonly failures: { error: ConnectorError; verdict: PullVerdict }[] = [];
  notices: HookNotice[] = [];
  readonly finished: NoticesDone[] = [];
  /** Thrown once by the next write, before anything is written. */
  dieBefore: Error | null = null;
  waiting = false;

  constructor(private readonly now: () => Date = () => new Date()) {}

  begin(kind: RunKind, run: Partial<WorkRun> = {}): string {
    const id = newUuid();
    this.runs.push({
      id,
      kind,
      mode: kind === 'full' ? 'full' : 'changes',
      phase: 'listing',
      cursor: null,
      since: null,
      startedAt: this.now(),
      missingAfter: null,
      recordsSeen: 0,
      allowDeletions: false,
      failures: 0,
      status: 'open',
      ...run,
    });
    return id;
  }

  expire(): void {
    this.token = null;
  }

  take(target: DrainTarget, token: string): Promise<PullLease | null> {
    if (this.token !== null || this.waiting) return Promise.resolve(null);
    this.token = token;
    return Promise.resolve({ target, token });
  }

  renew(lease: PullLease): Promise<boolean> {
    return Promise.resolve(this.token === lease.token);
  }

  next(lease: PullLease): Promise<PullWork | null> {
    this.fence(lease);
    if (this.waiting) return Promise.resolve(null);
    const sync = { id: 'sync', object: 'Customer', mappingId: null };
    if (this.notices.length > 0) {
      const run: WorkRun = { ...(this.runs[0] as WorkRun), id: newUuid(), kind: 'hook' };
      return Promise.resolve({ kind: 'notices', sync, run, notices: this.notices });
    }
    const run = this.runs.find(({ status }) => status === 'open');
    if (run === undefined) return Promise.resolve(null);
    const own = run.kind === 'full' || run.kind === 'backfill';
    const { cursor, since } = own ? run : this;
    return Promise.resolve({ kind: 'page', sync, run: { ...run, cursor, since } });
  }

  finishPage(lease: PullLease, { run }: PullWork, done: PageDone): Promise<void> {
    this.fence(lease);
    this.pages.push(done);
    const kept = this.find(run.id);
    Object.assign(kept, {
      phase: done.phase,
      missingAfter: done.missingAfter,
      cursor: done.cursor ?? kept.cursor,
      recordsSeen: kept.recordsSeen + done.counts.seen,
      status: done.runDone ? 'succeeded' : 'open',
    });
    if (run.kind === 'scheduled' || run.kind === 'manual') this.cursor = done.cursor;
    return Promise.resolve();
  }

  finishNotices(lease: PullLease, _work: PullWork, done: NoticesDone): Promise<void> {
    this.fence(lease);
    this.finished.push(done);
    this.notices = [];
    return Promise.resolve();
  }

  fail(lease: PullLease, { run, kind }: PullWork, error: ConnectorError, verdict: PullVerdict): Promise<void> {
    this.fence(lease);
    this.failures.push({ error, verdict });
    if (verdict.kind === 'wait') this.waiting = true;
    if (kind === 'notices') this.notices = [];
    else
      Object.assign(this.find(run.id), {
        status: verdict.kind === 'wait' || verdict.kind === 'reauth' ? 'open' : 'failed',
      });
    return Promise.resolve();
  }

  release(lease: PullLease): Promise<number | null> {
    if (this.token === lease.token) this.token = null;
    return Promise.resolve(null);
  }

  cadence(): Promise<number | null> {
    return Promise.resolve(60_000);
  }

  private find(id: string): MemoryRun {
    const run = this.runs.find((candidate) => candidate.id === id);
    if (run === undefined) throw new Error('no such run');
    return run;
  }

  private fence(lease: PullLease): void {
    if (this.token !== lease.token) throw new LeaseLostError();
    const death = this.dieBefore;
    this.dieBefore = null;
    if (death !== null) throw death;
  }
}
