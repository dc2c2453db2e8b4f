import {
  type BalanceCheck,
  type BalanceDifference,
  type BalanceSide,
  type HourFacts,
  type HourMost,
} from './balance.types';

type Witness = readonly [side: BalanceSide, count: number];

/**
 * The equations of an hour. Each compares what two tables say that are written by different statements or at different
 * times; sums over the statuses of one table alone would always hold.
 *
 * - events accepted: those there, against the most ever seen; each with its idempotency key
 * - accepted = routed + unrouted: routed by the deliveries that point at them, unrouted by the events' own word
 * - deliveries made: as the events counted them when they were made, against those there; with replays, the most ever seen
 * - made = succeeded + dead + cancelled + superseded + open: ends by what was told of them, open by the events' counters
 */
export function differencesOf(facts: HourFacts, most: HourMost): BalanceDifference[] {
  const settled = facts.succeeded + facts.dead + facts.cancelled + facts.superseded;
  const deliveries = facts.made + facts.replays;
  return [
    compare('events_kept', ['ledger', Math.max(most.events, facts.events)], ['events', facts.events]),
    facts.eventsKeyed === null
      ? null
      : compare('keys_kept', ['events', facts.events], ['event_keys', facts.eventsKeyed]),
    compare('events_routed', ['events', facts.events - facts.eventsUnrouted], ['deliveries', facts.eventsDelivered]),
    compare('deliveries_made', ['events', facts.promised], ['deliveries', facts.made]),
    compare('deliveries_kept', ['ledger', Math.max(most.deliveries, deliveries)], ['deliveries', deliveries]),
    compare('deliveries_settled', ['deliveries', settled], ['hub_events', facts.told]),
    compare('deliveries_open', ['events', facts.promisedOpen], ['deliveries', facts.open]),
  ].filter((difference) => difference !== null);
}

function compare(check: BalanceCheck, left: Witness, right: Witness): BalanceDifference | null {
  if (left[1] === right[1]) return null;
  return {
    check,
    left: { side: left[0], count: left[1] },
    right: { side: right[0], count: right[1] },
    short: left[1] < right[1] ? left[0] : right[0],
  };
}
