import { appendAudit, type AuditActor } from '@hub/audit';
import { err, newUuid, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { type TenantTx } from '@hub/tenancy';
import { countMatching } from './candidates';
import { type NewReplay, type ReplayAction, type ReplayRow, type ReplayStatus, type ReplayView } from './replay.types';

/** Replays of one tenant under way at once: each is work that others wait beside. */
const MOST_OPEN_REPLAYS = 20;

export const REPLAY_COLUMNS = `id, action, status, phase, selection, mapping, mapping_version, include_succeeded, include_cancelled,
  include_superseded, dry_run, rate_per_second, reason, requested_by, matched, collected_to, failures, error, created_at,
  started_at, ended_at`;

/** Of the items as they are now. */
export const COUNTS = `
  select jsonb_build_object(${[
    'waiting',
    'queued',
    'succeeded',
    'failed',
    'skipped',
    'cancelled',
    'would_send',
    'would_fail',
  ]
    .map((outcome) => `'${outcome}', count(*) filter (where i.outcome = '${outcome}')`)
    .join(', ')}, 'changed', count(*) filter (where i.changed))
  from replay_items i where i.tenant_id = r.tenant_id and i.replay_id = r.id`;

const AUDITED: Readonly<Record<ReplayAction, string>> = {
  replay: 'replay.started',
  retry: 'dead_letters.retried',
  cancel: 'dead_letters.cancelled',
};

/**
 * Stores the wish; workers do it. Ring once it is committed.
 * @returns a conflict `count_changed` when another number of deliveries matches than was expected.
 */
export async function createReplay(
  tx: TenantTx,
  wanted: NewReplay,
  actor: AuditActor,
): Promise<Result<ReplayView, Problem>> {
  const refused = (await tooManyOpen(tx)) ?? (await otherCount(tx, wanted));
  if (refused !== null) return err(refused);
  const id = newUuid();
  const { mapping } = wanted;
  await tx.query(
    `insert into replays (tenant_id, id, action, status, selection, mapping, mapping_version, include_succeeded,
       include_cancelled, include_superseded, dry_run, rate_per_second, reason, requested_by)
     values ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      tx.tenantId,
      id,
      wanted.action,
      JSON.stringify(wanted.selection),
      typeof mapping === 'number' ? 'version' : mapping,
      typeof mapping === 'number' ? mapping : null,
      wanted.includeSucceeded,
      wanted.includeCancelled,
      wanted.includeSuperseded,
      wanted.dryRun,
      wanted.ratePerSecond,
      wanted.reason,
      JSON.stringify({ type: actor.type, id: actor.id, label: actor.label }),
    ],
  );
  const made = await findReplay(tx, id);
  if (made === null) throw new Error('a replay vanished in its own transaction');
  await appendAudit(tx, {
    action: AUDITED[wanted.action],
    actor,
    target: { type: 'replay', id: toPublicId('replay', id) },
    reason: wanted.reason,
    after: { ...wanted, reason: undefined },
  });
  return ok(made);
}

async function tooManyOpen(tx: TenantTx): Promise<Problem | null> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from replays where tenant_id = $1 and status in ('queued', 'running', 'cancelling')`,
    [tx.tenantId],
  );
  if ((row?.n ?? 0) < MOST_OPEN_REPLAYS) return null;
  return problem('conflict', 'too_many_replays', `At most ${MOST_OPEN_REPLAYS} replays may be under way at once.`);
}

async function otherCount(tx: TenantTx, wanted: NewReplay): Promise<Problem | null> {
  if (wanted.expectedCount === null) return null;
  const count = await countMatching(tx, wanted);
  if (count === wanted.expectedCount) return null;
  const detail = `${count} match, not the ${wanted.expectedCount} that were expected. Look again, then repeat the request with the new number.`;
  return problem('conflict', 'count_changed', detail, { extra: { count } });
}

export async function findReplay(tx: TenantTx, id: string): Promise<ReplayView | null> {
  const [row] = await tx.query<ReplayView & Record<string, unknown>>(
    `select ${REPLAY_COLUMNS}, now() as read_at, coalesce(r.counts, (${COUNTS})) as counts
     from replays r where r.tenant_id = $1 and r.id = $2`,
    [tx.tenantId, id],
    'find_replay',
  );
  return row ?? null;
}

export interface ReplayListFilter {
  readonly status?: ReplayStatus | undefined;
  readonly action?: ReplayAction | undefined;
}

/** Newest first. One row more than `limit`. */
export async function listReplays(
  tx: TenantTx,
  filter: ReplayListFilter,
  page: { limit: number; before: string | null },
): Promise<ReplayView[]> {
  return tx.query<ReplayView & Record<string, unknown>>(
    `select ${REPLAY_COLUMNS}, now() as read_at, coalesce(r.counts, (${COUNTS})) as counts
     from replays r
     where r.tenant_id = $1 and ($2::uuid is null or r.id < $2) and ($3::text is null or r.status = $3)
       and ($4::text is null or r.action = $4)
     order by r.id desc limit $5`,
    [tx.tenantId, page.before, filter.status ?? null, filter.action ?? null, page.limit + 1],
    'list_replays',
  );
}

/**
 * Takes nothing more up, and takes back what still waits to be sent; what is being sent cannot be called back. Of a retry
 * or a dry run, what is done is done. Ring once it is committed.
 */
export async function cancelReplay(tx: TenantTx, id: string, actor: AuditActor): Promise<Result<ReplayView, Problem>> {
  const [before] = await tx.query<Pick<ReplayRow, 'status'>>(
    `select status from replays where tenant_id = $1 and id = $2 for update`,
    [tx.tenantId, id],
  );
  if (before === undefined) return err(notFound('replay'));
  const { status } = before;
  if (status !== 'queued' && status !== 'running' && status !== 'cancelling')
    return err(problem('conflict', 'wrong_status', `It has ended already: it is ${status}.`));
  if (status !== 'cancelling') {
    await tx.query(`update replays set status = 'cancelling', next_slice_at = now() where tenant_id = $1 and id = $2`, [
      tx.tenantId,
      id,
    ]);
  }
  const row = await findReplay(tx, id);
  if (row === null) throw new Error('a locked replay is gone');
  await appendAudit(tx, {
    action: 'replay.cancelled',
    actor,
    target: { type: 'replay', id: toPublicId('replay', id) },
    before: { status },
    after: { status: 'cancelling' },
  });
  return ok(row);
}
