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
import { Ticker, type Logger, type ObjectStore } from '@hub/platform';
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

  const sign = async (): Promise<void> => {
    const { signed, broken } = await checkpointer.signDue();
    metrics.signed.inc(signed);
    metrics.broken.inc(broken);
  };
  const makeExports = async (signal: AbortSignal): Promise<void> => {
    for (const { tenantId, id } of await findOpenExports(dispatcher, EXPORTS_AT_ONCE)) {
      if (signal.aborted) return;
      metrics.exports.inc({ outcome: await exporter.run(tenantId, id, signal) });
    }
  };
  const tidyUp = async (signal: AbortSignal): Promise<void> => {
    for (const { tenantId, id } of await findExpiredExports(dispatcher, EXPIRED_AT_ONCE))
      await exporter.expire(tenantId, id);
    for (const tenantId of await listChains(dispatcher)) {
      if (signal.aborted) return;
      metrics.pruned.inc(await pruneChain(tenants, tenantId, options.retention, isOnLegalHold));
    }
  };
  const tickers = [
    new Ticker('making audit checkpoints', CHECKPOINT_LOOK_EVERY_MS, sign, logger),
    new Ticker('making audit exports', EXPORT_LOOK_EVERY_MS, makeExports, logger),
    new Ticker('pruning the audit log', UPKEEP_EVERY_MS, tidyUp, logger),
  ];
  tickers.forEach((ticker) => ticker.start());
  return {
    async stop() {
      await Promise.all(tickers.map((ticker) => ticker.stop()));
    },
  };
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
