import { Inject, Injectable } from '@nestjs/common';
import { boundsOf, findBounds, findSettings, policyOf, putSettings, type BoundsRow } from '@hub/archive';
import { appendAudit, type AuditActor } from '@hub/audit';
import { err, ok, problem, toPublicId, type InputFault, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';
import { type ApiSettings } from '../../settings';
import { SETTINGS } from '../../tokens';
import { type PutRetentionRequest } from './dto/retention.request';
import { actionOf, holdReason } from './legal-hold';
import { toRetentionResponse, type Retention } from './retention.mapper';

@Injectable()
export class RetentionService {
  constructor(
    @Inject(TenantDb) private readonly tenants: TenantDb,
    @Inject(SETTINGS) private readonly hub: ApiSettings,
  ) {}

  find(tenantId: string): Promise<Retention> {
    return this.tenants.run(tenantId, async (tx) => ({
      settings: await findSettings(tx),
      bounds: await findBounds(tx, tenantId),
    }));
  }

  put(tenantId: string, actor: AuditActor, request: PutRetentionRequest): Promise<Result<Retention, Problem>> {
    return this.tenants.run(tenantId, async (tx) => {
      const before = await findSettings(tx, true);
      const bounds = await findBounds(tx, tenantId);
      const faults = this.faultsOf(request, boundsOf(this.hub, bounds));
      if (faults.length > 0)
        return err(problem('unprocessable', 'outside_bounds', 'The operator has set other bounds.', { faults }));
      const early = this.archivedTooLate(request, bounds);
      if (early.length > 0)
        return err(
          problem(
            'unprocessable',
            'dead_letters_outlive_archive',
            'Dead letters would leave for an archive that is over.',
            {
              faults: early,
            },
          ),
        );
      const reason = holdReason(before, request);
      if (!reason.ok) return reason;
      const settings = await putSettings(tx, {
        hotDays: request.hot_days,
        archiveDays: request.archive_days,
        deadLetterDays: request.dead_letter_days,
        legalHold: request.legal_hold,
        reason: reason.value,
      });
      await appendAudit(tx, {
        action: actionOf(before, settings),
        actor,
        target: { type: 'tenant', id: toPublicId('tenant', tenantId) },
        before: toRetentionResponse(this.hub, { settings: before, bounds }),
        after: toRetentionResponse(this.hub, { settings, bounds }),
        reason: request.reason ?? null,
      });
      return ok({ settings, bounds });
    });
  }

  /** Dead letters go into the archive under the day of their event: it has to be there still when their own days are over. */
  private archivedTooLate(request: PutRetentionRequest, bounds: BoundsRow | null): InputFault[] {
    if (request.archive_days === null && request.dead_letter_days === null) return [];
    const { archiveDays, deadLetterDays } = policyOf(this.hub, request, bounds);
    if (deadLetterDays < archiveDays) return [];
    const message = `Dead letters stay for ${deadLetterDays} days, the archive for ${archiveDays}: those have to be more.`;
    return ['archive_days', 'dead_letter_days'].map((name) => ({
      pointer: `/${name}`,
      code: 'dead_letters_outlive_archive',
      message,
    }));
  }

  private faultsOf(request: PutRetentionRequest, bounds: ReturnType<typeof boundsOf>): InputFault[] {
    const asked = [
      ['hot_days', request.hot_days, bounds.hotDays],
      ['archive_days', request.archive_days, bounds.archiveDays],
      ['dead_letter_days', request.dead_letter_days, bounds.deadLetterDays],
    ] as const;
    return asked.flatMap(([name, days, { least, most }]) =>
      days === null || (days >= least && days <= most)
        ? []
        : [{ pointer: `/${name}`, code: 'outside_bounds', message: `Between ${least} and ${most} days.` }],
    );
  }
}
