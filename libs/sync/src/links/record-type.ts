import { CANONICAL_TYPES, findOperation, type ConnectorManifest } from '@hub/connector-sdk';
import { type RecordScope } from '../pull/pull.ports';

/** Kind of record that links are kept by: the hub's own type, or the vendor's object where it has none. */
export function recordTypeOf(scope: Pick<RecordScope, 'connectorId' | 'object' | 'canonicalType'>): string {
  return scope.canonicalType ?? `${scope.connectorId}.${scope.object.toLowerCase()}`;
}

/**
 * Kind of record that an operation writes (`customer.upsert`, `Account.create`): what the connector says, then by the hub's
 * own types, then by the objects that the connector pulls. Null when records of it can neither be linked nor come back.
 */
export function writtenTypeOf(
  manifest: Pick<ConnectorManifest, 'id' | 'operations' | 'pull'>,
  operation: string,
): string | null {
  const { id: connectorId, pull: pulled = [] } = manifest;
  const named = findOperation(manifest, operation)?.writes;
  const object = (named ?? operation.slice(0, operation.lastIndexOf('.'))).toLowerCase();
  const canonical = CANONICAL_TYPES.find((type) => type === object);
  if (canonical !== undefined) return canonical;
  const found = pulled.find(({ name }) => name.toLowerCase() === object);
  return found === undefined
    ? null
    : recordTypeOf({ connectorId, object: found.name, canonicalType: found.canonicalType });
}
