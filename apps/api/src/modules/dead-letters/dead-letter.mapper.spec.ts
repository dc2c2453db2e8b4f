import { leavesAt } from './dead-letter.mapper';

/** Made at 2026-11-20T10:00:00Z. */
const OLDEST = `${Date.parse('2026-11-20T10:00:00Z')
  .toString(16)
  .padStart(12, '0')
  .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`;

describe('when dead letters leave', () => {
  it.each([
    ['their own days are over last', '2026-11-20T11:00:00Z', 7, 14, '2026-12-04T11:00:00.000Z'],
    ['the days of their day are over last', '2026-11-20T11:00:00Z', 7, 1, '2026-11-28T00:00:00.000Z'],
    ['they died long after they were made', '2026-11-27T11:00:00Z', 7, 1, '2026-11-28T11:00:00.000Z'],
  ])('%s', (_, first, hotDays, deadLetterDays, leaves) => {
    const row = { oldest_id: OLDEST, first_at: new Date(first) };
    expect(leavesAt(row, { hotDays, deadLetterDays }).toISOString()).toBe(leaves);
  });
});
