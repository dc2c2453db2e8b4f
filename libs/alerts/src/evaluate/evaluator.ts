import { newUuid, silentLogger, type Logger } from '@hub/platform';
import { type TenantDb, type TenantTx } from '@hub/tenancy';
import { ALERT_RULES } from '../rules/alert-rules';
import { booksUnbalanced } from '../signals/books-unbalanced.rule';
import { seen, type AlertRule, type RuleSettings, type SignalPorts, type Signals } from '../rules/rule.types';
import { listMutes, listCurrentAlerts } from '../store/alert.repository';
import { type AlertRow } from '../store/alert.types';
import { effectiveSettings, listRuleOverrides, NO_OVERRIDES } from '../store/rule-settings.repository';
import { applyRule } from './apply-rule';
import { listTold, loadRecipients, type Recipients } from './recipients';
import { claimTenant, holdTenant, releaseTenant } from './watch.repository';

/** Of one rule's statement: what takes longer is a defect, and must not keep the others. */
const STATEMENT_TIMEOUT_MS = 5_000;
const TIDY_EVERY_MS = 24 * 3_600_000;
/** A tenant for whom nothing goes on is looked at so much less often. */
const QUIET_FACTOR = 4;
/**
 * A dear look leaves so many times its time to others, until a quiet tenant's turn at most: a busy machine delays no alert for
 * more. Where the books could not be counted there is no such end: each look would repeat the statement that took too long.
 */
const COST_FACTOR = 20;

export interface EvaluatorOptions {
  readonly tenants: TenantDb;
  readonly ports: SignalPorts;
  /** Between two looks at a tenant for whom something goes on. */
  readonly everyMs: number;
  /** Counts the books before rules are read. Where it fails, the rule that reads them counts as failed. Bounded in time. */
  readonly countBooks: (tenantId: string) => Promise<void>;
  /** Deletes what has had its time, once a day. */
  readonly tidy: (tx: TenantTx) => Promise<void>;
  readonly rules?: readonly AlertRule[];
  readonly logger?: Logger;
  /** What a look takes is measured by this, in ms. */
  readonly clock?: () => number;
}

export interface LookResult {
  /** Notices that are to be sent. */
  readonly told: number;
  /** Rules that could not be read; their alerts stay as they are. */
  readonly failedRules: readonly string[];
}

/**
 * Looks at one tenant at a time: reads each rule's signals, moves its alerts on, and writes what is to be told. All of that
 * is one transaction, so a process that dies has either decided or not, and what was decided waits in the database.
 */
export class AlertEvaluator {
  private readonly rules: readonly AlertRule[];
  private readonly logger: Logger;
  private readonly clock: () => number;

  constructor(private readonly options: EvaluatorOptions) {
    this.rules = options.rules ?? ALERT_RULES;
    this.clock = options.clock ?? (() => performance.now());
    this.logger = options.logger ?? silentLogger;
  }

  /** Null when the tenant is another worker's, or not due. */
  async look(tenantId: string): Promise<LookResult | null> {
    const token = newUuid();
    const startedAt = this.clock();
    if (!(await this.options.tenants.run(tenantId, (tx) => claimTenant(tx, token)))) return null;
    try {
      return await this.lookHolding(tenantId, token, startedAt);
    } catch (error) {
      // The next turn is not to wait for the lease, too.
      await this.options.tenants.run(tenantId, (tx) => releaseTenant(tx, token, this.options.everyMs, false));
      throw error;
    }
  }

  private async lookHolding(tenantId: string, token: string, startedAt: number): Promise<LookResult | null> {
    const broken = new Set<string>();
    try {
      await this.options.countBooks(tenantId);
    } catch (error) {
      broken.add(booksUnbalanced.id);
      this.logger.error('the books cannot be counted', { tenant_id: tenantId, error });
    }
    for (;;) {
      try {
        return await this.decide(tenantId, token, startedAt, broken);
      } catch (error) {
        // A statement that failed has spoilt the transaction: all of it again, without the rule that did it.
        if (!(error instanceof RuleFailure)) throw error;
        broken.add(error.rule);
        this.logger.error('an alert rule cannot be read', {
          tenant_id: tenantId,
          reason: error.rule,
          error: error.cause,
        });
      }
    }
  }

  private decide(
    tenantId: string,
    token: string,
    startedAt: number,
    broken: ReadonlySet<string>,
  ): Promise<LookResult | null> {
    return this.options.tenants.run(
      tenantId,
      async (tx) => {
        const held = await holdTenant(tx, token);
        if (held === null) return null;
        const overrides = await listRuleOverrides(tx);
        const current = await listCurrentAlerts(tx);
        const mutes = await listMutes(tx);
        const told = await listTold(tx, current);
        let recipients: Recipients | null = null;
        let notices = 0;
        let busy = current.length > 0;
        for (const rule of this.rules) {
          if (broken.has(rule.id)) continue;
          const set = overrides.get(rule.id) ?? NO_OVERRIDES;
          const settings = effectiveSettings(rule, set);
          const mine = current.filter((alert) => alert.rule === rule.id);
          const signals = await this.read(tx, rule, settings, mine, held.now);
          if (signals.found.length === 0 && mine.length === 0) continue;
          busy = true;
          recipients ??= await loadRecipients(tx);
          notices += await applyRule(tx, {
            rule,
            settings,
            set,
            signals,
            current: mine,
            mutes,
            recipients,
            told,
            now: held.now,
          });
        }
        const tidies = held.tidiedAt === null || held.now.getTime() - held.tidiedAt.getTime() > TIDY_EVERY_MS;
        if (tidies) await this.options.tidy(tx);
        const quietMs = this.options.everyMs * QUIET_FACTOR;
        const pause = busy || (await hadTraffic(tx)) ? this.options.everyMs : quietMs;
        const cost = (this.clock() - startedAt) * COST_FACTOR;
        const rest = broken.has(booksUnbalanced.id) ? cost : Math.min(cost, quietMs);
        await releaseTenant(tx, token, Math.max(pause, rest), tidies);
        return { told: notices, failedRules: [...broken] };
      },
      { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    );
  }

  private async read(
    tx: TenantTx,
    rule: AlertRule,
    settings: RuleSettings,
    current: readonly AlertRow[],
    now: Date,
  ): Promise<Signals> {
    if (!settings.enabled) return seen([]);
    const witnesses = new Map(
      current.flatMap(({ subject, details: { witness } }) => (witness === undefined ? [] : [[subject, witness]])),
    );
    try {
      return await rule.read(tx, { now, settings, ports: this.options.ports, witnesses });
    } catch (error) {
      throw new RuleFailure(rule.id, error);
    }
  }
}

class RuleFailure extends Error {
  constructor(
    readonly rule: string,
    cause: unknown,
  ) {
    super(`the rule ${rule} cannot be read`, { cause });
    this.name = 'RuleFailure';
  }
}

/** Something was accepted or settled lately. */
async function hadTraffic(tx: TenantTx): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from balance_hours where tenant_id = $1 and hour > now() - interval '2 hours' limit 1`,
    [tx.tenantId],
    'had_traffic',
  );
  return rows.length > 0;
}
