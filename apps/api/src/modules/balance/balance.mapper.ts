import { type BalanceCheck, type HourBooks } from '@hub/delivery';
import { type BalanceResponse } from './dto/balance.response';

type Hour = BalanceResponse['hours'][number];
type Figures = Pick<Hour, 'events' | 'deliveries'>;

const DESCRIPTIONS: Readonly<Record<BalanceCheck, string>> = {
  events_kept: 'Events that were counted before and are not there any more.',
  keys_kept: 'Events without their idempotency key: a repeat of them would not be recognised.',
  events_routed: 'Events that had routes, against events that deliveries point at.',
  deliveries_made: 'Deliveries made at acceptance by the events’ word, against deliveries that are there.',
  deliveries_kept: 'Deliveries that were counted before and are not there any more.',
  deliveries_settled: 'Deliveries that are settled, against deliveries whose end was told.',
  deliveries_open: 'Open deliveries by the events’ counters, against deliveries that are open.',
};

export function toBalanceResponse(from: Date, to: Date, books: readonly HourBooks[]): BalanceResponse {
  const hours = books.map(toHour);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    balanced: hours.every(({ balanced }) => balanced),
    totals: hours.reduce<Figures>(add, figuresOf(NOTHING)),
    hours,
  };
}

function toHour(books: HourBooks): Hour {
  return {
    hour: books.hour.toISOString(),
    counted_at: books.countedAt.toISOString(),
    balanced: books.balanced,
    differences: books.differences.map((difference) => ({
      check: difference.check,
      description: DESCRIPTIONS[difference.check],
      left: difference.left,
      right: difference.right,
      short: difference.short,
    })),
    ...figuresOf(books),
  };
}

type Counted = Pick<
  HourBooks,
  | 'events'
  | 'eventsUnrouted'
  | 'eventsDelivered'
  | 'made'
  | 'replays'
  | 'succeeded'
  | 'dead'
  | 'cancelled'
  | 'superseded'
  | 'open'
>;
const NOTHING: Counted = {
  events: 0,
  eventsUnrouted: 0,
  eventsDelivered: 0,
  made: 0,
  replays: 0,
  succeeded: 0,
  dead: 0,
  cancelled: 0,
  superseded: 0,
  open: 0,
};

function figuresOf(counted: Counted): Figures {
  return {
    events: { accepted: counted.events, routed: counted.eventsDelivered, unrouted: counted.eventsUnrouted },
    deliveries: {
      made: counted.made + counted.replays,
      replays: counted.replays,
      succeeded: counted.succeeded,
      dead: counted.dead,
      cancelled: counted.cancelled,
      superseded: counted.superseded,
      open: counted.open,
    },
  };
}

function add(sum: Figures, hour: Figures): Figures {
  return { events: addMembers(sum.events, hour.events), deliveries: addMembers(sum.deliveries, hour.deliveries) };
}

function addMembers<T extends Readonly<Record<string, number>>>(left: T, right: T): T {
  return Object.fromEntries(Object.entries(left).map(([name, count]) => [name, count + (right[name] ?? 0)])) as T;
}
