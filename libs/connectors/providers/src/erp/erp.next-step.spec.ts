import { type ChangesAnswer } from './erp.changes';
import { nextStep, type StepInput } from './erp.next-step';

const row = (ModifiedOn: string) => ({ CustNo: '1', ModifiedOn });
const answer = (given: Partial<ChangesAnswer>): ChangesAnswer => ({
  rows: [],
  deleted: [],
  nextCursor: null,
  hasMore: false,
  serverTime: '2026-07-01T12:00:00',
  ...given,
});
const step = (given: Omit<Partial<StepInput>, 'answer'> & { answer: Partial<ChangesAnswer> }) => {
  const input = { run: { calls: 0 }, rows: 2, usualRows: 2, zone: 'UTC', isFull: false, ...given };
  const next = nextStep({ ...input, answer: answer(given.answer) });
  return next.ok ? next.value : next.error.code;
};
const A = '2026-07-01T10:00:00';
const B = '2026-07-01T10:00:05';

describe('with cursors', () => {
  it('goes on while there is more, or the page is full', () => {
    expect(step({ answer: { nextCursor: 'c', hasMore: true } })).toEqual({ cursor: 'c' });
    expect(step({ answer: { nextCursor: 'c', rows: [row(A), row(A)] } })).toEqual({ cursor: 'c' });
    expect(step({ answer: { nextCursor: 'c', rows: [row(A)], deleted: [{ Key: '2' }] } })).toEqual({ cursor: 'c' });
    expect(step({ answer: { nextCursor: 'c', rows: [row(A)] } })).toBeNull();
  });

  it('ends a full listing with an empty page', () => {
    expect(step({ isFull: true, answer: { nextCursor: 'c', rows: [row(A)] } })).toEqual({ cursor: 'c' });
    expect(step({ isFull: true, run: { cursor: 'c', calls: 1 }, answer: { nextCursor: 'd' } })).toBeNull();
  });

  it('does not ask for ever', () => {
    const run = { cursor: 'c', calls: 1 };
    expect(step({ run, answer: { nextCursor: 'c', hasMore: true, rows: [row(A)] } })).toBe('listing_stuck');
    expect(step({ run, answer: { nextCursor: 'c', rows: [row(A), row(A)] } })).toBeNull();
  });
});

describe('with Since alone', () => {
  it('goes on a second before the last row, so that its ties come again', () => {
    expect(step({ answer: { hasMore: true, rows: [row(A), row(B)] } })).toEqual({ since: '2026-07-01T10:00:04' });
    expect(step({ answer: { rows: [row(A), row(B)] } })).toEqual({ since: '2026-07-01T10:00:04' });
    expect(step({ answer: { rows: [row(B)] } })).toBeNull();
    expect(step({ answer: { rows: [row(A)], deleted: [{ DeletedOn: B }], hasMore: true } })).toEqual({
      since: '2026-07-01T10:00:04',
    });
  });

  it('asks for more at once when a page holds one second', () => {
    const run = { since: '2026-07-01T10:00:04', calls: 1 };
    expect(step({ run, answer: { hasMore: true, rows: [row(B), row(B)] } })).toEqual({ since: run.since, rows: 4 });
    expect(step({ run, rows: 4, answer: { hasMore: true, rows: [row(B), row(B)] } })).toBe('ties_exceed_page');
    const later = [row(B), row(B), row(B), row('2026-07-01T10:00:09')];
    expect(step({ run, rows: 4, answer: { hasMore: true, rows: later } })).toEqual({
      since: '2026-07-01T10:00:08',
      rows: 4,
    });
  });

  it('ends a full listing when the last second comes again', () => {
    const run = { since: '2026-07-01T10:00:04', calls: 1 };
    expect(step({ isFull: true, answer: { rows: [row(B)] } })).toEqual({ since: run.since });
    expect(step({ isFull: true, run, answer: { rows: [row(B)] } })).toBeNull();
  });

  it('stops where it would lose rows', () => {
    expect(step({ answer: { hasMore: true } })).toBe('listing_stuck');
    expect(step({ answer: { hasMore: true, rows: [row(B), row(A)] } })).toBe('unordered_page');
    expect(step({ answer: { hasMore: true, rows: [{ CustNo: '1' }, row(A)] } })).toBe('unreadable_stamp');
  });

  it('compares moments where stamps have zones', () => {
    const rows = [row('2026-07-01T10:00:00+02:00'), row('2026-07-01T09:00:00Z')];
    expect(step({ answer: { hasMore: true, rows } })).toEqual({ since: '2026-07-01T08:59:59Z' });
  });
});
