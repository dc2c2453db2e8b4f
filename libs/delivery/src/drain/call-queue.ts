import { type MapOutcome, type SendItem } from './drain.ports';

export interface MappedItem extends SendItem {
  readonly mapping: Extract<MapOutcome, { kind: 'mapped' }>['mapping'];
}

/** One call to the vendor. */
export interface PlannedCall {
  readonly operation: string;
  readonly items: readonly MappedItem[];
}

/**
 * Groups mapped deliveries into calls: by operation, at most `batchSize` each, and never two of one ordering key in
 * one call (a claim holds only one of each key, so order within a call needs no further care).
 */
export function planCalls(items: readonly MappedItem[], batchSize: (operation: string) => number): PlannedCall[] {
  const byOperation = new Map<string, MappedItem[]>();
  for (const item of items) {
    const group = byOperation.get(item.delivery.operation);
    if (group === undefined) byOperation.set(item.delivery.operation, [item]);
    else group.push(item);
  }
  const calls: PlannedCall[] = [];
  for (const [operation, group] of byOperation) {
    const size = Math.max(1, batchSize(operation));
    for (let start = 0; start < group.length; start += size)
      calls.push({ operation, items: group.slice(start, start + size) });
  }
  return calls;
}
