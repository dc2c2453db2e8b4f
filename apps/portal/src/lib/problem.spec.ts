import { problemFrom } from './problem';

const NOON = new Date('2026-11-23T12:00:20.000Z');
const told = (body: object, wait?: string): string =>
  problemFrom(429, body, new Headers(wait === undefined ? {} : { 'retry-after': wait })).message;

describe('what was asked too often', () => {
  beforeEach(() => jest.useFakeTimers({ now: NOON }));
  afterEach(() => jest.useRealTimers());

  it('says when to try again: in seconds, or after the minute in which it may be', () => {
    const detail = 'A channel is tested at most 5 times an hour.';
    expect(told({ detail }, '7')).toBe(`${detail} Try again in 7 s.`);
    const shown = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
    const over = shown.format(new Date('2026-11-23T12:31:00.000Z'));
    expect(told({ detail }, '1800')).toBe(`${detail} Try again after ${over}.`);
    expect(told({ detail })).toBe(`${detail} Try again in a moment.`);
  });

  it('says in plain words that it was the rate limit', () => {
    expect(told({ detail: 'The rate limit leaves 0 of the 1 asked for.', violated_policy: 'api' }, '1')).toBe(
      'Your company has used up what its rate limit allows for now. Try again in 1 s.',
    );
  });
});
