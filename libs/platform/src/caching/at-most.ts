const ONE = (): number => 1;

/**
 * The bound of an `LRUCache` that takes memory for what is in it. Its `max` would reserve room for as many at once: 2 MB for
 * 50,000 entries that expire, in each process, before there is one.
 */
export function atMost(entries: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: ONE };
}
