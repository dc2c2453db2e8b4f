import { timeLeft } from './time-left';

describe('the time until dead letters leave for the archive', () => {
  it.each([
    ['2026-11-25T10:00:00.000Z', 'enough'],
    ['2026-11-25T09:59:59.999Z', 'little'],
    ['2026-11-22T10:00:00.001Z', 'little'],
    ['2026-11-22T10:00:00.000Z', 'none'],
  ])('that ends at %s is %s', (leavesAt, left) => {
    expect(timeLeft(leavesAt, Date.parse('2026-11-22T10:00:00.000Z'))).toBe(left);
  });
});
