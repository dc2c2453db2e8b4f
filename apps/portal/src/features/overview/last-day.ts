import { type BalanceResponse } from '@hub/api-client';

const HOUR_MS = 3_600_000;
export const HOURS = 24;

type Hour = BalanceResponse['hours'][number];
export type DayFigures = Hour['events'] & Hour['deliveries'];

export interface LastDay {
  readonly figures: DayFigures;
  /** Of the same number of hours before. */
  readonly before: DayFigures;
  /** Every hour of the last day does. */
  readonly isBalanced: boolean;
  /** Hour by hour, those without events among them. */
  readonly hours: readonly { readonly at: number; readonly figures: DayFigures }[];
}

const NOTHING: DayFigures = {
  ...{ accepted: 0, routed: 0, unrouted: 0 },
  ...{ made: 0, replays: 0, succeeded: 0, dead: 0, cancelled: 0, superseded: 0, open: 0 },
};

/** Out of the books of two days: the last one beside the one before. */
export function lastDay({ to, hours }: Pick<BalanceResponse, 'to' | 'hours'>): LastDay {
  const end = Date.parse(to);
  const begin = end - HOURS * HOUR_MS;
  const isOfLast = ({ hour }: Hour): boolean => Date.parse(hour) >= begin;
  const last = hours.filter(isOfLast);
  const byTime = new Map(last.map((hour) => [Date.parse(hour.hour), figuresOf(hour)]));
  return {
    figures: sum(last),
    before: sum(hours.filter((hour) => !isOfLast(hour))),
    isBalanced: last.every(({ balanced }) => balanced),
    hours: Array.from({ length: HOURS }, (_none, index) => {
      const at = begin + index * HOUR_MS;
      return { at, figures: byTime.get(at) ?? NOTHING };
    }),
  };
}

const figuresOf = ({ events, deliveries }: Hour): DayFigures => ({ ...events, ...deliveries });

function sum(hours: readonly Hour[]): DayFigures {
  const total = { ...NOTHING };
  for (const hour of hours)
    for (const [name, value] of Object.entries(figuresOf(hour))) total[name as keyof DayFigures] += value;
  return total;
}
