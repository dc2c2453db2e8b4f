import { Inject, Injectable } from '@nestjs/common';
import { Books, floorToHour, type HourBooks } from '@hub/delivery';
import { err, ok, problem, type Problem, type Result } from '@hub/platform';
import { type TenantDb } from '@hub/tenancy';
import { SEARCH_TENANTS } from '../../tokens';

const HOUR_MS = 3_600_000;
const MOST_HOURS = 31 * 24;

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

@Injectable()
export class BalanceService {
  private readonly books: Books;

  /** With the searches' pool: however long a count takes, whoever sends an event finds a connection free. */
  constructor(@Inject(SEARCH_TENANTS) tenants: TenantDb) {
    this.books = new Books(tenants);
  }

  async read(tenantId: string, asked: Partial<Period>): Promise<Result<Period & { books: HourBooks[] }, Problem>> {
    const period = periodOf(asked);
    if (!period.ok) return period;
    const { from, to } = period.value;
    return ok({ from, to, books: await this.books.read(tenantId, from, to) });
  }
}

/** Whole hours, the last one included. */
function periodOf({ from, to }: Partial<Period>): Result<Period, Problem> {
  const end = new Date(
    floorToHour(new Date((to ?? new Date()).getTime() - (to === undefined ? 0 : 1))).getTime() + HOUR_MS,
  );
  if (end.getUTCFullYear() > LAST_YEAR) return err(outOfRange('to', `Before the last hour of the year ${LAST_YEAR}`));
  const begin = from === undefined ? new Date(end.getTime() - 24 * HOUR_MS) : floorToHour(from);
  const hours = (end.getTime() - begin.getTime()) / HOUR_MS;
  if (hours > 0 && hours <= MOST_HOURS) return ok({ from: begin, to: end });
  return err(outOfRange('from', 'Before `to`, by at most 31 days'));
}

/** What no time of an answer goes beyond, so that its end can be asked for again. */
const LAST_YEAR = 9_999;

function outOfRange(member: string, message: string): Problem {
  return problem('bad_request', 'invalid_request', 'The request has faults; each is named in errors.', {
    faults: [{ pointer: `#query/${member}`, code: 'out_of_range', message }],
  });
}
