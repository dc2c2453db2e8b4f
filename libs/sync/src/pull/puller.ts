import { type ConnectorError } from '@hub/connector-sdk';
import { newUuid, silentLogger, type DrainTarget, type Logger, type Result } from '@hub/platform';
import { verdictOf, type PullVerdict } from './pull-failure';
import { LeaseLostError, type PullLease, type PullStore, type PullWork } from './pull-store.port';
import { type PullConnection, type PullConnections, type PullObserver } from './puller.ports';
import { type PipelineDependencies } from './record-pipeline';
import { serve } from './serve-work';
import { type ServedWork } from './served-work';

/** How long a puller may be silent before another takes over from the stored cursor. Renewed every third of it. */
export const PULL_LEASE_MS = 10_000;

/** The bell of pulls: `DrainBell` on a queue of its own. */
export interface PullBell {
  ring(target: DrainTarget): void;
  ringLater(target: DrainTarget, delayMs: number): Promise<boolean>;
  /** Keeps ringing at that interval from now on; null ends it. Called often: nothing happens when it is so already. */
  ringEvery(target: DrainTarget, everyMs: number | null): Promise<void>;
}

export interface PullerDependencies extends Omit<PipelineDependencies, 'hold'> {
  readonly store: PullStore;
  readonly connections: PullConnections;
  readonly bell: PullBell;
  readonly observer: PullObserver;
  readonly workerId: string;
  readonly logger?: Logger;
  /** Time for one connection before others have their turn, in ms. Default 20,000. */
  readonly sliceMs?: number;
}

const INTERNAL: ConnectorError = {
  category: 'transient',
  code: 'hub_internal',
  message: 'The hub itself failed while pulling; it is tried again.',
};

/**
 * Pulls one connection for a slice of time: announced records, changes, back-fills and listings, a page at a time. In the
 * whole cluster one puller at most works on a connection, and whatever it writes passes the fence.
 */
export class Puller {
  private readonly stopping = new AbortController();
  private readonly logger: Logger;
  private readonly sliceMs: number;

  constructor(private readonly dependencies: PullerDependencies) {
    this.logger = dependencies.logger ?? silentLogger;
    this.sliceMs = dependencies.sliceMs ?? 20_000;
  }

  /** Begins nothing more. A page under way is finished. */
  stop(): void {
    this.stopping.abort();
  }

  async pull(target: DrainTarget): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const { store, bell, observer, workerId } = this.dependencies;
    const lease = await store.take(target, newUuid(), workerId);
    if (lease === null) return this.keepRinging(target);
    const lost = new AbortController();
    const keeping = this.keepAlive(lease, lost);
    try {
      await this.work(lease, lost.signal);
      const dueInMs = await store.release(lease);
      await this.keepRinging(target);
      if (dueInMs === null) return;
      if (dueInMs <= 0) bell.ring(target);
      else await bell.ringLater(target, dueInMs);
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      observer.fenced(target.connectionId);
    } finally {
      clearInterval(keeping);
    }
  }

  private async keepRinging(target: DrainTarget): Promise<void> {
    const { store, bell } = this.dependencies;
    await bell.ringEvery(target, await store.cadence(target));
  }

  private async work(lease: PullLease, lost: AbortSignal): Promise<void> {
    const { store, connections } = this.dependencies;
    const { tenantId, connectionId } = lease.target;
    const startedAt = Date.now();
    let opened: Result<PullConnection, ConnectorError> | null = null;
    while (!this.stopping.signal.aborted && !lost.aborted && Date.now() - startedAt < this.sliceMs) {
      const work = await store.next(lease);
      if (work === null) return;
      opened ??= await connections.open(tenantId, connectionId);
      if (!(await this.serveOne(lease, work, opened, lost))) return;
    }
  }

  /** @returns whether the connection may be called again at once. */
  private async serveOne(
    lease: PullLease,
    work: PullWork,
    opened: Result<PullConnection, ConnectorError>,
    lost: AbortSignal,
  ): Promise<boolean> {
    const { store, observer } = this.dependencies;
    const started = performance.now();
    const served = opened.ok
      ? await this.serveSafely(lease, work, opened.value, lost)
      : ({ kind: 'failed', error: opened.error } satisfies ServedWork);
    if (lost.aborted) throw new LeaseLostError();
    if (served.kind === 'failed') return this.fail(lease, work, served.error, opened);
    if (served.kind === 'page') await store.finishPage(lease, work, served.done);
    else await store.finishNotices(lease, work, served.done);
    const oldest = work.kind === 'notices' ? Math.max(...work.notices.map(({ ageMs }) => ageMs)) : null;
    const durationMs = performance.now() - started;
    observer.page({
      connectorId: connectorOf(opened),
      kind: work.run.kind,
      counts: served.done.counts,
      durationMs,
      noticeAgeMs: oldest === null ? null : oldest + durationMs,
    });
    return true;
  }

  /** What is thrown in a page (the database gone, a broken connector) ends here: the run goes on after a while. */
  private async serveSafely(
    lease: PullLease,
    work: PullWork,
    connection: PullConnection,
    lost: AbortSignal,
  ): Promise<ServedWork> {
    try {
      return await serve({ ...this.dependencies, hold: () => this.hold(lease) }, lease, work, connection, lost);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      const { connectionId } = lease.target;
      this.logger.error('a page failed inside the hub', { connection_id: connectionId, sync_id: work.sync.id, error });
      return { kind: 'failed', error: INTERNAL };
    }
  }

  private async hold(lease: PullLease): Promise<void> {
    if (!(await this.dependencies.store.renew(lease))) throw new LeaseLostError();
  }

  private async fail(
    lease: PullLease,
    work: PullWork,
    error: ConnectorError,
    opened: Result<PullConnection, ConnectorError>,
  ): Promise<boolean> {
    const { store, observer } = this.dependencies;
    const { tenantId, connectionId } = lease.target;
    const verdict: PullVerdict = verdictOf(error, work.run.failures);
    await store.fail(lease, work, error, verdict);
    if (verdict.kind === 'reauth' && opened.ok) await opened.value.requireReauth(error);
    observer.runFailed({
      tenantId,
      connectionId,
      connectorId: connectorOf(opened),
      syncId: work.sync.id,
      runId: work.run.id,
      kind: work.run.kind,
      error,
      verdict: verdict.kind,
    });
    return verdict.kind === 'retry' || verdict.kind === 'fail';
  }

  /** A long vendor call must not cost the lease. */
  private keepAlive(lease: PullLease, lost: AbortController): NodeJS.Timeout {
    const timer = setInterval(() => {
      this.dependencies.store
        .renew(lease)
        .then((held) => {
          if (!held) lost.abort();
        })
        .catch((error: unknown) =>
          this.logger.warn('could not renew the right to pull', { connection_id: lease.target.connectionId, error }),
        );
    }, PULL_LEASE_MS / 3);
    return timer.unref();
  }
}

function connectorOf(opened: Result<PullConnection, ConnectorError>): string {
  return opened.ok ? opened.value.connectorId : 'unknown';
}
