import { type ConnectorError } from '@hub/connector-sdk';
import { type DrainTarget } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { type PullVerdict } from '../pull/pull-failure';
import {
  LeaseLostError,
  type NoticesDone,
  type PageDone,
  type PullLease,
  type PullStore,
  type PullWork,
} from '../pull/pull-store.port';
import { writeFailure } from './fail-work';
import { writeNotices, writePage } from './finish-work';
import { beginDueListings, beginDueRuns, nextNotices, nextPage } from './next-work';
import { fence, readCadence, releaseLease, takeLease } from './pull-lease';

/** The store as `hub_app`, behind row-level security. Every write is made in a transaction that begins with the fence. */
export class PostgresPullStore implements PullStore {
  constructor(private readonly tenants: TenantDb) {}

  take(target: DrainTarget, token: string, worker: string): Promise<PullLease | null> {
    return this.tenants.run(target.tenantId, (tx) => takeLease(tx, target, token, worker));
  }

  async renew(lease: PullLease): Promise<boolean> {
    try {
      await this.tenants.run(lease.target.tenantId, (tx) => fence(tx, lease), { relaxedDurability: true });
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) return false;
      throw error;
    }
  }

  next(lease: PullLease): Promise<PullWork | null> {
    return this.fenced(lease, async (tx, { now, active }) => {
      if (!active) return null;
      const notices = await nextNotices(tx, lease);
      if (notices !== null) return notices;
      await beginDueRuns(tx, lease, now);
      await beginDueListings(tx, lease, now);
      return nextPage(tx, lease, now);
    });
  }

  finishPage(lease: PullLease, work: PullWork, done: PageDone): Promise<void> {
    return this.fenced(lease, (tx, { now }) => writePage(tx, lease, work, done, now));
  }

  finishNotices(lease: PullLease, work: PullWork, done: NoticesDone): Promise<void> {
    return this.fenced(lease, (tx) => writeNotices(tx, lease, work, done));
  }

  fail(lease: PullLease, work: PullWork, error: ConnectorError, verdict: PullVerdict): Promise<void> {
    return this.fenced(lease, (tx, { now }) => writeFailure(tx, lease, work, error, verdict, now));
  }

  release(lease: PullLease): Promise<number | null> {
    return this.tenants.run(lease.target.tenantId, (tx) => releaseLease(tx, lease));
  }

  cadence(target: DrainTarget): Promise<number | null> {
    return this.tenants.run(target.tenantId, (tx) => readCadence(tx, target.connectionId));
  }

  private fenced<T>(
    lease: PullLease,
    work: (tx: TenantTx, held: { now: Date; active: boolean }) => Promise<T>,
  ): Promise<T> {
    return this.tenants.run(lease.target.tenantId, async (tx) => work(tx, await fence(tx, lease)));
  }
}
