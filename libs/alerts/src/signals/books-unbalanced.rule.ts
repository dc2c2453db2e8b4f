import { type AlertRule, seen } from '../rules/rule.types';

const MOST_CAUSES = 10;

interface Row extends Record<string, unknown> {
  hour: Date;
  differences: readonly {
    readonly check: string;
    readonly left: { readonly side: string; readonly count: number };
    readonly right: { readonly side: string; readonly count: number };
  }[];
}

export const booksUnbalanced: AlertRule = {
  id: 'books_unbalanced',
  title: 'Books do not balance',
  description: 'Hours in which what was accepted, made, settled and told does not add up.',
  advice:
    'Tell the operator of the hub, with the answer of GET /v1/balance: rows are missing, or were changed by hand.',
  threshold: null,
  leastVolume: null,
  // The next counting of the hour has to come to the same result.
  forSeconds: 60,
  repeatSeconds: 86_400,
  severity: 'critical',
  clearAfterSeconds: 0,
  async read(tx) {
    // An hour that nobody has explained stays among them, also when its rows have left and it is counted no more.
    const rows = await tx.query<Row>(
      `select hour, differences from balance_hours
       where tenant_id = $1 and not balanced order by hour desc`,
      [tx.tenantId],
      'signal_books',
    );
    if (rows.length === 0) return seen([]);
    const causes = rows
      .flatMap(({ hour, differences }) =>
        differences.map(({ check, left, right }) => ({
          what: `${check}: ${left.side} ${left.count}, ${right.side} ${right.count}`,
          since: hour.toISOString(),
        })),
      )
      .slice(0, MOST_CAUSES);
    const title = `The books of ${rows.length} ${rows.length === 1 ? 'hour' : 'hours'} do not balance`;
    const kinds = rows.map(({ hour }) => `the hour from ${hour.toISOString()}`);
    return seen([{ subject: '', connection: null, title, causes, value: rows.length, kinds }]);
  },
};
