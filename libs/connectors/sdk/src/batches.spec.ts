import { findOperation, roundsOfUniqueKeys, slices } from './batches';
import { type ConnectorManifest, type OperationManifest } from './connector-manifest';

const operation = (id: string, batchSize: number): OperationManifest => ({
  id,
  title: id,
  description: id,
  batchSize,
  idempotency: 'receiver',
});
const manifest = {
  id: 'x',
  operations: [operation('*.upsert', 2), operation('order.upsert', 3), operation('request.send', 1)],
} as unknown as ConnectorManifest;

describe('operations', () => {
  it('are found by their id, else by the wildcard of their verb', () => {
    expect(findOperation(manifest, 'order.upsert')?.batchSize).toBe(3);
    expect(findOperation(manifest, 'Invoice__c.upsert')?.batchSize).toBe(2);
    for (const unknown of ['order.delete', 'upsert', '', 'request']) {
      expect(findOperation(manifest, unknown)).toBeUndefined();
    }
  });

  it('slice nothing into nothing, and never for ever', () => {
    expect(slices([], 200)).toEqual([]);
    expect(() => slices([1], 0)).toThrow();
  });
});

describe('roundsOfUniqueKeys', () => {
  it('puts a repeated key into a later round and keeps the order of each key', () => {
    const items = ['a1', 'b1', 'a2', 'c1', 'a3', 'b2'];
    expect(roundsOfUniqueKeys(items, (item) => item[0]!)).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
  });
});
