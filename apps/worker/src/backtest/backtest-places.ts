import { type CanonicalType, type ConnectorRegistry } from '@hub/connector-sdk';
import { matchesEventType } from '@hub/delivery';
import { type BacktestEvent, type BacktestRoute, type BacktestSync } from '@hub/mapping-store';
import { toPublicId, type Json, type JsonObject } from '@hub/platform';
import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** A route through which events go to a connection. */
export interface RoutePlace extends BacktestRoute {
  readonly kind: 'route';
}

/** A sync that maps the records that it pulls from a connection. */
export interface SyncPlace extends BacktestSync {
  readonly kind: 'sync';
  readonly canonicalType: CanonicalType;
}

/** Where events meet the mapping. */
export type Place = RoutePlace | SyncPlace;

/** Syncs of objects that have no form in the hub's model map nothing, and are no place. */
export function placesOf(
  sources: { readonly routes: readonly BacktestRoute[]; readonly syncs: readonly BacktestSync[] },
  connectors: ConnectorRegistry,
): Place[] {
  const syncs = sources.syncs.flatMap((sync): SyncPlace[] => {
    const pulled = connectors.get(sync.connector_id)?.manifest.pull?.find(({ name }) => name === sync.object);
    const canonicalType = pulled?.canonicalType ?? null;
    return canonicalType === null ? [] : [{ ...sync, kind: 'sync', canonicalType }];
  });
  return [...sources.routes.map((route): RoutePlace => ({ ...route, kind: 'route' })), ...syncs];
}

/** Patterns of SQL's LIKE that find at least the events of these places. */
export function likePatterns(places: readonly Place[]): string[] {
  return [...new Set(places.map((place) => (place.kind === 'route' ? place.event_type_like : `${likeOf(place)}.%`)))];
}

/** Whether the event would come by, filters aside. A record that is gone was never mapped: its event says which it was. */
export function passesBy(place: Place, event: BacktestEvent): boolean {
  if (place.kind === 'route') return matchesEventType(place.event_type, event.type);
  return (
    event.source === `sync/${toPublicId('connection', place.connection_id)}` &&
    event.type.startsWith(`${typePrefix(place)}.`) &&
    !event.type.endsWith('.deleted')
  );
}

/** What a pulled event says of the record that it was made of. */
export interface PulledEvent {
  /** JSON text as the sync's mapping was given it; null where the record was too large to be kept. */
  readonly inputText: string | null;
  /** What the mapping made of it at the time; null where it failed. */
  readonly canonical: Json;
}

/** Every digit of the vendor's record stays as it is. */
export function pulledEvent({ config }: SyncPlace, event: BacktestEvent): PulledEvent {
  const data = parse(event.payload) as { readonly record?: unknown };
  const { canonical = null } = JSON.parse(event.payload) as { readonly canonical?: Json };
  if (!isObject(data.record) || data.record['_omitted'] === 'too_large') return { inputText: null, canonical };
  return {
    inputText: `{"record":${stringify(data.record) ?? 'null'},"connection":${JSON.stringify({ config: config as JsonObject })}}`,
    canonical,
  };
}

/** As the event of a pulled record is named; see `toRecordEvent`. */
function typePrefix({ connector_id: connector, object }: SyncPlace): string {
  return `${connector}.${object.toLowerCase().replace(/[^a-z0-9_-]/g, '_')}`;
}

function likeOf(place: SyncPlace): string {
  return typePrefix(place).replace(/[\\%_]/g, (character) => `\\${character}`);
}

function isObject(value: unknown): value is { readonly [member: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
