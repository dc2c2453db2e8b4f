import { CANONICAL_TYPES, type PullObjectManifest } from '@hub/connector-sdk';
import { type RecordScope } from '../pull/pull.ports';

/** Kind of record that links are kept by: the hub's own type, or the vendor's object where it has none. */
export function recordTypeOf(scope: Pick<RecordScope, 'connectorId' | 'object' | 'canonicalType'>): string {
  return scope.canonicalType ?? `${scope.connectorId}.${scope.object.toLowerCase()}`;
}

/**
 * Kind of record that an operation writes (`customer.upsert`, `Account.create`): by the hub's own types, then by the
 * objects that the connector pulls. Null when records of it can neither be linked nor come back.
 */
export function writtenTypeOf(
  connectorId: string,
  operation: string,
  pulled: readonly PullObjectManifest[],
): string | null {
  const object = operation.slice(0, operation.lastIndexOf('.')).toLowerCase();
  const canonical = CANONICAL_TYPES.find((type) => type === object);
  if (canonical !== undefined) return canonical;
  const manifest = pulled.find((candidate) => candidate.name.toLowerCase() === object);
  return manifest === undefined
    ? null
    : recordTypeOf({ connectorId, object: manifest.name, canonicalType: manifest.canonicalType });
}
