import { Inject, Injectable } from '@nestjs/common';
import { findBounds, putBounds } from '@hub/archive';
import { appendOperatorAudit, type AuditActor } from '@hub/audit';
import { type Database } from '@hub/database';
import { err, notFound, ok, problem, toPublicId, type Problem, type Result } from '@hub/platform';
import { findTenant } from '@hub/tenancy';
import { type ApiSettings } from '../../settings';
import { OPERATOR_DATABASE, SETTINGS } from '../../tokens';
import { type PutRetentionBoundsRequest } from './dto/retention.request';
import { type RetentionBoundsResponse } from './dto/retention.response';
import { actionOf, holdReason } from './legal-hold';
import { toBoundsResponse } from './retention.mapper';

/** Through the operator's role: it sees what operators have set, and nothing of the tenant's own. */
@Injectable()
export class RetentionAdminService {
  constructor(
    @Inject(OPERATOR_DATABASE) private readonly database: Database,
    @Inject(SETTINGS) private readonly hub: ApiSettings,
  ) {}

  find(tenantId: string): Promise<Result<RetentionBoundsResponse, Problem>> {
    return this.database.transaction(async (tx) => {
      if ((await findTenant(tx, tenantId)) === null) return err(notFound('tenant'));
      return ok(toBoundsResponse(this.hub, await findBounds(tx, tenantId)));
    });
  }

  put(
    actor: AuditActor,
    tenantId: string,
    request: PutRetentionBoundsRequest,
  ): Promise<Result<RetentionBoundsResponse, Problem>> {
    return this.database.transaction(async (tx) => {
      if ((await findTenant(tx, tenantId)) === null) return err(notFound('tenant'));
      const before = await findBounds(tx, tenantId);
      const reason = holdReason(before, request);
      if (!reason.ok) return reason;
      const { least_archive_days: least, most_archive_days: most } = request;
      if (least !== null && least > (most ?? this.hub.HUB_MOST_ARCHIVE_DAYS)) {
        const message = 'May not be above the most days.';
        const faults = [{ pointer: '/least_archive_days', code: 'above_most', message }];
        return err(problem('unprocessable', 'above_most', message, { faults }));
      }
      const after = await putBounds(tx, tenantId, {
        mostHotDays: request.most_hot_days,
        leastArchiveDays: least,
        mostArchiveDays: most,
        mostDeadLetterDays: request.most_dead_letter_days,
        legalHold: request.legal_hold,
        reason: reason.value,
      });
      const entry = {
        action: actionOf(before, after),
        actor,
        target: { type: 'tenant', id: toPublicId('tenant', tenantId) },
        before: toBoundsResponse(this.hub, before),
        after: toBoundsResponse(this.hub, after),
        reason: request.reason ?? null,
      };
      await appendOperatorAudit(tx, entry, tenantId);
      return ok(toBoundsResponse(this.hub, after));
    });
  }
}
