import { Counter, type Registry } from 'prom-client';
import {
  CHECKPOINT_LOOK_EVERY_MS,
  Checkpointer,
  Exporter,
  findExpiredExports,
  findOpenExports,
  listChains,
  pruneChain,
  registerSigningKey,
  SigningKey,
  type AuditRetentionBounds,
} from '@hub/audit';
import { isOnLegalHold } from '@hub/archive';
import { type Database } from '@hub/database';
import { type Logger, type ObjectStore } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';

const EXPORT_LOOK_EVERY_MS = 2_000;
const UPKEEP_EVERY_MS = 3_600_000;
const EXPORTS_AT_ONCE = 2;
const EXPIRED_AT_ONCE = 100;

export interface AuditWorkOptions {
  readonly app: Database;
  readonly dispatcher: Database;
  readonly tenants: TenantDb;
  readonly store: ObjectStore;
  /** `HUB_AUDIT_SIGNING_KEY` */
  readonly signingKey: string;
  readonly exportKeptDays: number;
  readonly retention: AuditRetentionBounds;
  readonly metrics: Registry;
  readonly logger: Logger;
}

export interface AuditWork {
  /** Leaves an export after the piece under way: another worker goes on with it. */
  stop(): Promise<void>;
}

/** What the audit log needs besides being written: checkpoints, exports, and an end of what has had its time. */
export async function startAudit(options: AuditWorkOptions): Promise<AuditWork> {
  const { app, dispatcher, tenants, store, logger } = options;
  const key = SigningKey.parse(options.signingKey);
  if (!key.ok) throw new Error(`HUB_AUDIT_SIGNING_KEY ${key.error}`);
  await registerSigningKey(app, key.value);
  const metrics = auditMetrics(options.metrics);
  const checkpointer = new Checkpointer({ dispatcher, tenants, store, key: key.value, logger });
  const exporter = new Exporter({ tenants, store, key: key.value, logger, keptDays: options.exportKeptDays });
  const stopping = new AbortController();

  const sign = async (): Promise<void> => {
    const { signed, broken } = await checkpointer.signDue();
    metrics.signed.inc(signed);
    metrics.broken.inc(broken);
  };
  const makeExports = async (): Promise<void> => {
    for (const { tenantId, id } of await findOpenExports(dispatcher, EXPORTS_AT_ONCE)) {
      if (stopping.signal.aborted) return;
      metrics.exports.inc({ outcome: await exporter.run(tenantId, id, stopping.signal) });
    }
  };
  const tidyUp = async (): Promise<void> => {
    for (const { tenantId, id } of await findExpiredExports(dispatcher, EXPIRED_AT_ONCE))
      await exporter.expire(tenantId, id);
    for (const tenantId of await listChains(dispatcher)) {
      if (stopping.signal.aborted) return;
      metrics.pruned.inc(await pruneChain(tenants, tenantId, options.retention, isOnLegalHold));
    }
  };
  const turns = [
    new Turn(sign, CHECKPOINT_LOOK_EVERY_MS, 'audit checkpoints could not be made', logger),
    new Turn(makeExports, EXPORT_LOOK_EVERY_MS, 'audit exports could not be made', logger),
    new Turn(tidyUp, UPKEEP_EVERY_MS, 'the audit log could not be pruned', logger),
  ];
  turns.forEach((turn) => turn.start());
  return {
    async stop() {
      stopping.abort();
      await Promise.all(turns.map((turn) => turn.stop()));
    },
  };
}

/** Work that comes round; while it is at it, further rounds are left out. */
class Turn {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly everyMs: number,
    private readonly complaint: string,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.round(), this.everyMs);
    this.round();
  }

  async stop(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.running;
  }

  private round(): void {
    this.running ??= this.work()
      .catch((error: unknown) => this.logger.warn(`${this.complaint}; the next round follows`, { error }))
      .finally(() => (this.running = null));
  }
}

interface AuditMetrics {
  readonly signed: Counter;
  readonly broken: Counter;
  readonly exports: Counter<'outcome'>;
  readonly pruned: Counter;
}

function auditMetrics(registry: Registry): AuditMetrics {
  const registers = [registry];
  return {
    signed: new Counter({ name: 'hub_audit_checkpoints_total', help: 'Checkpoints signed.', registers }),
    broken: new Counter({
      name: 'hub_audit_broken_chains_total',
      help: 'Times that a chain did not follow from what was signed before. Anything above zero is an alarm.',
      registers,
    }),
    exports: new Counter({
      name: 'hub_audit_exports_total',
      help: 'Attempts at exports, by how they ended.',
      labelNames: ['outcome'],
      registers,
    }),
    pruned: new Counter({ name: 'hub_audit_pruned_records_total', help: 'Records deleted by retention.', registers }),
  };
}
