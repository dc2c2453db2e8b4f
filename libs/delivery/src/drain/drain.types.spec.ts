import { CLOSED } from '../breaker/breaker';
import { type OpenConnection } from './drain.ports';
import { budgetMs, claimSize, leastRefill } from './drain.types';

const LIMITS = { budgetMs: 1_000, mostClaimed: 1_000 };
const SLOT = { connectionId: 'c', token: 't', breaker: CLOSED };
const connection = (concurrency: number, largestBatch: number): OpenConnection => ({
  connectorId: 'test',
  concurrency,
  largestBatch,
  batchSize: () => largestBatch,
  send: () => Promise.resolve([]),
});

describe('how much a drain claims', () => {
  it.each([
    [1, 1, 2],
    [16, 1, 32],
    // QuickBooks: sixteen whole batches, and no rest.
    [16, 30, 960],
    [64, 200, 1_000],
    // Two bulk jobs of Salesforce, and the one that is got ready meanwhile.
    [5, 2_000, 6_000],
    [1, 2_000, 4_000],
  ])('with %i calls of %i records each: %i', (concurrency, largestBatch, expected) => {
    expect(claimSize(connection(concurrency, largestBatch), SLOT, LIMITS)).toBe(expected);
  });

  it('is one batch when the vendor is asked one call at a time, and one record while it is probed', () => {
    expect(claimSize(connection(5, 2_000), SLOT, LIMITS, 2, 1)).toBe(2_000);
    expect(claimSize(connection(64, 1), SLOT, LIMITS, 8, 3)).toBe(3);
    const probing = { ...SLOT, breaker: { ...CLOSED, state: 'half_open' as const } };
    expect(claimSize(connection(5, 2_000), probing, LIMITS)).toBe(1);
  });
});

describe('how much room there has to be for a claim', () => {
  it.each([
    [64, 200, 1_000, 500],
    [16, 1, 32, 16],
    // As soon as the outcomes of one bulk job are written, the next is claimed with them.
    [2, 2_000, 6_000, 2_000],
    [2, 2_000, 1, 1],
  ])('with %i calls of %i records each, of %i: %i', (concurrency, largestBatch, wanted, expected) => {
    expect(leastRefill(connection(concurrency, largestBatch), wanted)).toBe(expected);
  });
});

describe('how long a drain claims', () => {
  it('gives bulk jobs, which take seconds, the time for some of them', () => {
    expect(budgetMs(connection(64, 200), LIMITS)).toBe(1_000);
    expect(budgetMs(connection(5, 2_000), LIMITS)).toBe(10_000);
  });
});
