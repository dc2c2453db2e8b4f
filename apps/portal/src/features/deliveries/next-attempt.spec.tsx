/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import { setHubClock } from '../../lib/hub-clock';
import { deliveries } from '../../text/deliveries.text';
import { nextOf } from './next-attempt';

const { nextDue, nextOnceFree } = deliveries.detail;
const HUB = Date.parse('2026-11-22T12:00:00.000Z');

beforeEach(() => {
  jest.spyOn(Date, 'now').mockReturnValue(HUB);
  setHubClock({ headers: new Map([['date', new Date(HUB).toUTCString()]]) } as unknown as Response);
});
afterEach(() => jest.restoreAllMocks());

describe('the next attempt of a delivery', () => {
  it.each([
    ['2026-11-22T11:00:00.000Z', 'pending', nextDue],
    ['2026-11-22T11:00:00.000Z', 'held', nextOnceFree],
    // What somebody has just had tried again: the hub says of its answer only the second that it is of.
    ['2026-11-22T12:00:00.700Z', 'pending', nextDue],
    ['2026-11-22T12:00:00.700Z', 'held', nextOnceFree],
    ['2026-11-22T12:00:06.000Z', 'retrying', 'in 6 sec.'],
    [null, 'succeeded', ''],
  ] as const)('at %s of one that is %s: %s', (at, status, words) => {
    render(
      <MantineProvider env="test">
        <dd>{nextOf({ next_attempt_at: at, status })}</dd>
      </MantineProvider>,
    );
    expect(screen.getByRole('definition').textContent).toBe(words);
  });
});
