import { Inject, Injectable } from '@nestjs/common';
import { listUsage, type UsageDay } from '@hub/delivery';
import { err, ok, problem, type Problem, type Result } from '@hub/platform';
import { TenantDb } from '@hub/tenancy';

const DAY_MS = 86_400_000;
const MOST_DAYS = 366;

export interface UsageOfDays {
  /** Midnight, UTC, of the first day and of the last. */
  readonly first: Date;
  readonly last: Date;
  readonly days: readonly UsageDay[];
}

@Injectable()
export class UsageService {
  constructor(@Inject(TenantDb) private readonly tenants: TenantDb) {}

  async read(
    tenantId: string,
    asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  ): Promise<Result<UsageOfDays, Problem>> {
    const last = midnight(asked.to === undefined ? new Date() : new Date(asked.to));
    const first = asked.from === undefined ? new Date(last.getTime() - 29 * DAY_MS) : midnight(new Date(asked.from));
    const days = (last.getTime() - first.getTime()) / DAY_MS + 1;
    if (days < 1 || days > MOST_DAYS) return err(outOfRange());
    const end = new Date(last.getTime() + DAY_MS);
    return ok({ first, last, days: await this.tenants.run(tenantId, (tx) => listUsage(tx, first, end)) });
  }
}

function midnight(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / DAY_MS) * DAY_MS);
}

function outOfRange(): Problem {
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
    faults: [{ pointer: '#query/from', code: 'out_of_range', message: 'Not after `to`, and at most a year before it' }],
  });
}
