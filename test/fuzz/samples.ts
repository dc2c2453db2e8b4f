import { type IdKind, ID_PREFIXES } from '@hub/platform';
import { type Belongings, OPERATOR_SAMPLES, type Sample, SAMPLES } from '../isolation/route-samples';
import { type IdPool } from './id-pool';

/**
 * Requests that are known to be good, which the isolation suite keeps for every route: what no schema tells is in them.
 * Each time they name other real things.
 */
export function samplesOf(operation: string, ids: IdPool): readonly Sample[] {
  const route = operation.replace(/\{([^}]*)\}/g, ':$1');
  const operators = OPERATOR_SAMPLES[route];
  if (operators !== undefined) return [operators];
  const made = SAMPLES[route];
  if (made === undefined) return [];
  const real = new Proxy({} as Belongings, { get: (_target, kind) => ids.ofKind(prefixOf(String(kind))) });
  return made(real, real);
}

/** `otherConnection` is a connection as well, and a `notice` a hub event. */
function prefixOf(kind: string): string {
  const plain = kind.replace(/^other(.)/, (_all, first: string) => first.toLowerCase());
  return ID_PREFIXES[plain as IdKind] ?? ID_PREFIXES.hubEvent;
}
