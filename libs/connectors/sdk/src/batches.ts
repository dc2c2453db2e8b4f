import { type ConnectorManifest, type OperationManifest } from './connector-manifest';

/**
 * The operation as the manifest lists it: the exact id, else `*.<verb>`.
 * Undefined for an operation that the connector does not know.
 */
export function findOperation(
  manifest: Pick<ConnectorManifest, 'operations'>,
  operation: string,
): OperationManifest | undefined {
  const exact = manifest.operations.find(({ id }) => id === operation);
  if (exact !== undefined || !operation.includes('.')) return exact;
  const verb = operation.slice(operation.lastIndexOf('.') + 1);
  return manifest.operations.find(({ id }) => id === `*.${verb}`);
}

/** @throws for a size below 1. */
export function slices<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (!Number.isInteger(size) || size < 1) throw new Error('A slice holds at least one item');
  const sliced: (readonly T[])[] = [];
  for (let start = 0; start < items.length; start += size) sliced.push(items.slice(start, start + size));
  return sliced;
}

/**
 * Rounds in which no key occurs twice, for vendors that refuse two records of one key in a call.
 * Items of one key keep their order over the rounds, so run the rounds one after the other.
 */
export function roundsOfUniqueKeys<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const rounds: T[][] = [];
  const occurrences = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const round = occurrences.get(key) ?? 0;
    occurrences.set(key, round + 1);
    (rounds[round] ??= []).push(item);
  }
  return rounds;
}
