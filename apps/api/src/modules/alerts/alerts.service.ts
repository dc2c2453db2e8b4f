import { Inject, Injectable } from '@nestjs/common';
import {
  acknowledgeAlert,
  findAlert,
  listAlerts,
  listNotificationsOfAlert,
  muteAlert,
  type AlertFilter,
  type AlertRow,
  type NotificationRow,
} from '@hub/alerts';
import { appendAudit, type AuditActor } from '@hub/audit';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { TenantDb, type TenantTx } from '@hub/tenancy';
import { type Page } from '../../http/pagination';
import { toAlertView } from './alert.mapper';

const LONGEST_MUTE_MS = 30 * 86_400_000;

/** An alert with what was sent of it. */
export interface ToldAlert {
  readonly alert: AlertRow;
  readonly notifications: readonly NotificationRow[];
}

@Injectable()
export class AlertsService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  list(tenantId: string, page: Page, filter: AlertFilter): Promise<AlertRow[]> {
    return this.tenants.run(tenantId, (tx) => listAlerts(tx, filter, page));
  }

  find(tenantId: string, id: string): Promise<Result<ToldAlert, Problem>> {
    return this.tenants.run(tenantId, async (tx) => told(tx, await findAlert(tx, id)));
  }

  acknowledge(
    tenantId: string,
    actor: AuditActor,
    id: string,
    note: string | null,
  ): Promise<Result<ToldAlert, Problem>> {
    return this.change(tenantId, actor, id, 'acknowledged', async (tx, before) => {
      if (await acknowledgeAlert(tx, id, actor.id, note)) return ok(null);
      if (before.phase !== 'resolved') throw new Error('an alert that goes on could not be acknowledged');
      return err(problem('conflict', 'alert_resolved', 'The alert is over: there is nothing left to acknowledge.'));
    });
  }

  /** @param until null: no longer */
  mute(tenantId: string, actor: AuditActor, id: string, until: Date | null): Promise<Result<ToldAlert, Problem>> {
    const fault = until === null ? null : faultOf(until.getTime() - Date.now());
    if (fault !== null) return Promise.resolve(err(fault));
    return this.change(tenantId, actor, id, until === null ? 'unmuted' : 'muted', async (tx) => {
      await muteAlert(tx, id, until);
      return ok(null);
    });
  }

  private change(
    tenantId: string,
    actor: AuditActor,
    id: string,
    did: string,
    work: (tx: TenantTx, before: AlertRow) => Promise<Result<null, Problem>>,
  ): Promise<Result<ToldAlert, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findAlert(tx, id);
      if (before === null) return err(notFound('alert'));
      const done = await work(tx, before);
      if (!done.ok) return done;
      const after = await told(tx, await findAlert(tx, id));
      if (!after.ok) return after;
      await appendAudit(tx, {
        action: `alert.${did}`,
        actor,
        target: { type: 'alert', id: toPublicId('alert', id), name: before.title },
        before: toAlertView(before),
        after: toAlertView(after.value.alert),
        reason: did === 'acknowledged' ? after.value.alert.note : null,
      });
      return after;
    });
  }
}

async function told(tx: TenantTx, alert: AlertRow | null): Promise<Result<ToldAlert, Problem>> {
  if (alert === null) return err(notFound('alert'));
  return ok({ alert, notifications: await listNotificationsOfAlert(tx, alert.id) });
}

function faultOf(aheadMs: number): Problem | null {
  if (aheadMs > 0 && aheadMs <= LONGEST_MUTE_MS) return null;
  return problem('unprocessable', 'invalid_mute', 'The alert cannot be muted like this.', {
    faults: [{ pointer: '/until', code: 'out_of_range', message: 'In the future, at most 30 days ahead' }],
  });
}
