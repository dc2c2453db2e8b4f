import { type Database } from '@hub/database';
import {
  BACKTEST_LEASE_SECONDS,
  claimBacktest,
  deleteBacktest,
  passOverBacktest,
  releaseBacktest,
  renewBacktest,
  saveBacktestStep,
  type ClaimedBacktest,
  type PayloadSeals,
} from '@hub/mapping-store';
import { EngineBusy } from './backtest-runs';
import { MOST_AGE_MS, nextStep, type StepOptions } from './backtest-step';

/** Somebody waits in front of a screen, but nobody's record does: a look each second is soon enough, and costs nothing. */
const LOOK_EVERY_MS = 1_000;
/** Steps at once. The engine runs two children: a back-test never has more of them than deliveries leave it. */
const MOST_AT_ONCE = 2;
const PURGE_EVERY_MS = 600_000;
/** Reports hold parts of payloads. They live as long as an event does. */
const KEPT = `interval '7 days'`;

const DUE = `select tenant_id, id from mapping_backtests
  where status in ('queued', 'running') and (lease_until is null or lease_until < now()) order by served_at limit 20`;
const EXPIRED = `select tenant_id, id from mapping_backtests where created_at < now() - ${KEPT} and status not in ('queued', 'running') limit 200`;

const NO_KEY = { code: 'key_unavailable', message: 'The company’s key could not be opened, so nothing could be kept.' };

type Due = { readonly tenant_id: string; readonly id: string };

export interface BacktestRunnerOptions extends StepOptions {
  /** Logged in as the dispatcher: which back-tests there are, never what they hold. */
  readonly dispatcher: Database;
  readonly seals: Pick<PayloadSeals, 'of'>;
  /** Default one second. */
  readonly lookEveryMs?: number;
}

/**
 * Runs back-tests a step at a time, whichever has waited longest first, so that one with a thousand slow events delays
 * another tenant's by a step. How far each has got is in the database: after a crash another process goes on from there.
 */
export class BacktestRunner {
  private readonly running = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | null = null;
  private looking: Promise<void> | null = null;
  private stopped = false;
  private purgedMs = 0;

  constructor(private readonly options: BacktestRunnerOptions) {}

  start(): void {
    this.timer = setInterval(() => this.look(), this.options.lookEveryMs ?? LOOK_EVERY_MS);
    this.look();
  }

  /** Takes no more on, and waits for the steps under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.running.values());
  }

  private look(): void {
    if (this.stopped || this.looking !== null || this.running.size >= MOST_AT_ONCE) return;
    this.looking = this.takeOn()
      .catch((error: unknown) => this.options.logger.warn('a look for back-tests failed; the next follows', { error }))
      .finally(() => (this.looking = null));
  }

  private async takeOn(): Promise<void> {
    const { dispatcher } = this.options;
    for (const due of await dispatcher.query<Due>(DUE)) {
      if (this.stopped || this.running.size >= MOST_AT_ONCE) break;
      if (!this.running.has(due.id)) this.serve(due);
    }
    if (Date.now() - this.purgedMs < PURGE_EVERY_MS) return;
    this.purgedMs = Date.now();
    for (const { tenant_id: tenantId, id } of await dispatcher.query<Due>(EXPIRED)) {
      await this.options.tenants.run(tenantId, (tx) => deleteBacktest(tx, id));
    }
  }

  private serve({ tenant_id: tenantId, id }: Due): void {
    const work = this.step(tenantId, id).then(
      (goesOn) => goesOn,
      (error: unknown) => {
        // Its lease runs out, and it is tried again, a few times.
        this.options.logger.error('a step of a back-test failed', { tenant_id: tenantId, run_id: id, error });
        return false;
      },
    );
    this.running.set(
      id,
      work.then((goesOn) => {
        this.running.delete(id);
        if (goesOn) this.look();
      }),
    );
  }

  /** @returns whether to look for more at once. */
  private async step(tenantId: string, id: string): Promise<boolean> {
    const { tenants, logger, seals } = this.options;
    const startedMs = performance.now();
    const seal = await seals.of(tenantId);
    if (!seal.ok) {
      await tenants.run(tenantId, (tx) => passOverBacktest(tx, id, MOST_AGE_MS, NO_KEY));
      return false;
    }
    const claimed = await tenants.run(tenantId, (tx) => claimBacktest(tx, id));
    if (claimed === null) return false;
    const heartbeat = this.keepClaim(tenantId, claimed);
    try {
      const step = await nextStep(this.options, tenantId, claimed, startedMs);
      const kept = await tenants.run(tenantId, (tx) => saveBacktestStep(tx, seal.value, claimed, step));
      if (!kept) logger.info('a step of a back-test was dropped: it is not ours any more', { run_id: id });
      return true;
    } catch (error) {
      if (!(error instanceof EngineBusy)) throw error;
      await tenants.run(tenantId, (tx) => releaseBacktest(tx, id, claimed.token));
      return false;
    } finally {
      clearInterval(heartbeat);
    }
  }

  private keepClaim(tenantId: string, { id, token }: ClaimedBacktest): NodeJS.Timeout {
    const { tenants, logger } = this.options;
    return setInterval(
      () =>
        void tenants
          .run(tenantId, (tx) => renewBacktest(tx, id, token))
          .catch((error: unknown) => logger.warn('a back-test could not be held on to', { run_id: id, error })),
      (BACKTEST_LEASE_SECONDS * 1_000) / 3,
    );
  }
}
