import { type DeliveryStatus, isTurnedAway } from '../shared/delivery-status';
import { type NewReplay, type ReplayRow } from './replay.types';

/** What is known of an item's delivery, its route and its connection at this moment. */
export interface ItemFacts {
  readonly deliveryId: string;
  readonly found: boolean;
  readonly status: DeliveryStatus | null;
  readonly reason: string | null;
  readonly replayedBy: string | null;
  readonly connectionId: string;
  readonly operation: string | null;
  /** The mapping that was used last, be it that it failed. */
  readonly mappingId: string | null;
  readonly mappingVersion: number | null;
  /** A payload that a mapping made is kept. */
  readonly mapped: boolean;
  /** Sent without a mapping, as the event came. */
  readonly sentRaw: boolean;
  readonly hasEvent: boolean;
  readonly connectionDeleted: boolean;
  readonly route: {
    readonly deleted: boolean;
    readonly connectionId: string;
    readonly operation: string;
    readonly mappingId: string | null;
    readonly publishedVersion: number | null;
    /** Whether its mapping has the version that the replay asks for. */
    readonly hasWantedVersion: boolean;
  };
  /** A newer change of the same record has been delivered, or is being delivered; see `OVERTAKEN`. */
  readonly overtaken: boolean;
}

export interface ReplayPlan {
  readonly operation: string;
  readonly mappingId: string | null;
  readonly mappingVersion: number | null;
  /** The payload is sent as it was made then. */
  readonly keepPayload: boolean;
}

export type Planned =
  { readonly kind: 'send'; readonly plan: ReplayPlan } | { readonly kind: 'skip'; readonly reason: string };

type StateWish = Pick<ReplayRow, 'selection' | 'mapping' | 'include_succeeded' | 'include_cancelled'>;
type Wish = StateWish & Pick<ReplayRow, 'mapping_version' | 'include_superseded'>;

/** Whether an item is replayed, and by which operation and mapping; where not, why: a key of `SKIP_WORDS`. */
export function planReplay(facts: ItemFacts, wish: Wish): Planned {
  const obstacle = obstacleOf(facts, wish);
  if (obstacle !== null) return { kind: 'skip', reason: obstacle };
  return wish.mapping === 'original' ? asItWas(facts) : asItIsNow(facts, wish);
}

/** Whether a replay would find something of it to repeat, as far as its state is concerned. */
export function mayBeReplayed(
  row: { readonly status: DeliveryStatus; readonly reason: string | null; readonly replayed_by: string | null },
  wanted: NewReplay,
): boolean {
  const { selection, includeSucceeded, includeCancelled } = wanted;
  const mapping: StateWish['mapping'] = typeof wanted.mapping === 'number' ? 'version' : wanted.mapping;
  const wish = { selection, mapping, include_succeeded: includeSucceeded, include_cancelled: includeCancelled };
  return row.replayed_by === null && stateObstacle(row, wish) === null;
}

function obstacleOf(facts: ItemFacts, wish: Wish): string | null {
  if (!facts.found) return 'gone';
  if (facts.replayedBy !== null) return 'already_replayed';
  const state = stateObstacle(facts, wish);
  if (state !== null) return state;
  if (facts.connectionDeleted) return 'connection_deleted';
  if (!facts.hasEvent) return 'event_archived';
  return facts.overtaken && !wish.include_superseded ? 'superseded_by_newer' : null;
}

function stateObstacle({ status, reason }: Pick<ItemFacts, 'status' | 'reason'>, wish: StateWish): string | null {
  switch (status) {
    case 'dead':
      return null;
    case 'succeeded':
      return wish.include_succeeded ? null : 'succeeded';
    case 'cancelled':
      return cancelledObstacle(reason, wish);
    case 'superseded':
      return 'superseded';
    default:
      return 'open';
  }
}

/**
 * Whoever names an event or a delivery means what somebody has cancelled, too. What filter or mapping turned away is asked
 * again only where that was said: nobody means it who names an event for another of its deliveries.
 */
function cancelledObstacle(reason: string | null, wish: StateWish): string | null {
  if (reason === 'replay_cancelled') return 'withdrawn';
  if (!isTurnedAway(reason)) return wish.include_cancelled || wish.selection.kind !== 'filter' ? null : 'cancelled';
  return wish.include_cancelled && wish.mapping !== 'original' ? null : 'turned_away';
}

/**
 * The payload that was sent. Where a mapping failed there is none, and the version that failed is tried again: a link may
 * be known by now. A delivery that died before it was ever mapped is mapped as the route says now.
 */
function asItWas(facts: ItemFacts): Planned {
  const operation = facts.operation ?? facts.route.operation;
  const { mappingId, mappingVersion, mapped: keepPayload } = facts;
  if (mappingId !== null || facts.sentRaw) return send({ operation, mappingId, mappingVersion, keepPayload });
  const { mappingId: now, publishedVersion } = facts.route;
  return send({
    operation,
    mappingId: now,
    mappingVersion: now === null ? null : publishedVersion,
    keepPayload: false,
  });
}

/** Through the same connection, or the key towards the vendor would be another, and a repeat no repair. */
function asItIsNow({ connectionId, route }: ItemFacts, wish: Wish): Planned {
  if (route.deleted) return skip('route_deleted');
  if (route.connectionId !== connectionId) return skip('route_moved');
  const { operation, mappingId } = route;
  if (wish.mapping === 'current')
    return send({ operation, mappingId, mappingVersion: mappingId === null ? null : route.publishedVersion });
  if (mappingId === null) return skip('no_mapping');
  if (!route.hasWantedVersion) return skip('no_such_version');
  return send({ operation, mappingId, mappingVersion: wish.mapping_version });
}

function send(plan: Omit<ReplayPlan, 'keepPayload'> & { keepPayload?: boolean }): Planned {
  return { kind: 'send', plan: { keepPayload: false, ...plan } };
}

function skip(reason: string): Planned {
  return { kind: 'skip', reason };
}
