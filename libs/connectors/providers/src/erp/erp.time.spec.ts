import { instantOf, leftOfWindow, momentsOf, secondBefore, sinceBefore, stampAt } from './erp.time';

const BERLIN = 'Europe/Berlin';
const MINUTE = 60_000;

describe('stamps of the ERP', () => {
  it.each([
    ['2026-07-01T10:00:00', '2026-07-01T08:00:00.000Z'],
    ['2026-01-01T10:00:00.5', '2026-01-01T09:00:00.500Z'],
    ['2026-07-01T10:00:00Z', '2026-07-01T10:00:00.000Z'],
    ['2026-07-01T10:00:00-05:00', '2026-07-01T15:00:00.000Z'],
    // The clocks go back at 03:00: its first time.
    ['2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    // The clocks go forward at 02:00: there is no such time.
    ['2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
  ])('%s is %s', (stamp, instant) => {
    expect(instantOf(stamp, BERLIN)).toBe(instant);
  });

  it.each(['', '2026-07-01', 'yesterday', '2026-13-01T10:00:00', '01.07.2026 10:00'])('"%s" is none', (stamp) => {
    expect(instantOf(stamp, BERLIN)).toBeNull();
  });

  it('may mean two moments in the hour that comes twice', () => {
    expect(momentsOf('2026-10-25T02:30:00', BERLIN)).toEqual({
      earliest: Date.parse('2026-10-25T00:30:00Z'),
      latest: Date.parse('2026-10-25T01:30:00Z'),
    });
    expect(momentsOf('2026-11-01T01:15:00', 'America/Chicago')).toEqual({
      earliest: Date.parse('2026-11-01T06:15:00Z'),
      latest: Date.parse('2026-11-01T07:15:00Z'),
    });
  });
});

describe('what is asked with', () => {
  it('goes back by the clock, not by the wall', () => {
    expect(sinceBefore('2026-07-01T10:00:00', BERLIN, 10 * MINUTE)).toBe('2026-07-01T09:50:00');
    expect(sinceBefore('2026-07-01T10:00:00+02:00', BERLIN, 10 * MINUTE)).toBe('2026-07-01T07:50:00Z');
    // Ten minutes before 03:05 summer time it was 01:55.
    expect(sinceBefore('2026-03-29T03:05:00', BERLIN, 10 * MINUTE)).toBe('2026-03-29T01:55:00');
  });

  it('passes over nothing that the clocks have set back', () => {
    // Whichever time it was 02:50, a row of the second 02:00 may come after it.
    expect(sinceBefore('2026-10-25T02:50:00', BERLIN, 10 * MINUTE)).toBe('2026-10-25T02:00:00');
    expect(sinceBefore('2026-10-25T03:05:00', BERLIN, 10 * MINUTE)).toBe('2026-10-25T02:00:00');
    expect(sinceBefore('2026-10-25T03:15:00', BERLIN, 10 * MINUTE)).toBe('2026-10-25T03:05:00');
    expect(stampAt(Date.parse('2026-10-25T00:59:59Z'), BERLIN, false)).toBe('2026-10-25T02:00:00');
    expect(stampAt(Date.parse('2026-10-25T00:59:59.9Z'), BERLIN, true)).toBe('2026-10-25T00:59:59Z');
    expect(stampAt(Date.parse('2026-11-01T07:30:00Z'), 'America/Chicago', false)).toBe('2026-11-01T01:00:00');
  });

  it('is moved by a second as the text stands', () => {
    expect(secondBefore('2026-10-25T02:00:00')).toBe('2026-10-25T01:59:59');
    expect(secondBefore('2026-01-01T00:00:00+01:00')).toBe('2025-12-31T23:59:59+01:00');
    expect(secondBefore('never')).toBeNull();
  });
});

describe('the nightly window', () => {
  const at = (text: string) => Date.parse(text);

  it('is told by the clock of the system, over midnight too', () => {
    const window = { from: '23:00', to: '04:00' };
    expect(leftOfWindow(window, BERLIN, at('2026-01-01T21:59:00Z'))).toBeNull();
    expect(leftOfWindow(window, BERLIN, at('2026-01-01T22:00:00Z'))).toBe(5 * 60 * MINUTE);
    expect(leftOfWindow(window, BERLIN, at('2026-01-02T02:30:00Z'))).toBe(30 * MINUTE);
    expect(leftOfWindow(window, BERLIN, at('2026-01-02T03:00:00Z'))).toBeNull();
    expect(leftOfWindow({ from: '01:00', to: '02:00' }, BERLIN, at('2026-07-01T23:15:00Z'))).toBe(45 * MINUTE);
  });

  it('is an hour longer in the night that has one more', () => {
    expect(leftOfWindow({ from: '01:00', to: '04:00' }, BERLIN, at('2026-10-24T23:00:00Z'))).toBe(4 * 60 * MINUTE);
  });
});
