/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { act, render, screen } from '@testing-library/react';
import { Time } from './time';

const START = Date.parse('2026-11-20T10:00:00.000Z');
const at = (ms: number): string => new Date(START + ms).toISOString();
const page = (time: string) => (
  <MantineProvider env="test">
    <Time at={time} ago />
  </MantineProvider>
);

describe('a time as it was so long ago', () => {
  beforeEach(() => jest.useFakeTimers({ now: START }));
  afterEach(() => jest.useRealTimers());

  it('is told from when it is drawn, and not from when the page last looked at its clock', () => {
    const { rerender } = render(page(at(0)));
    jest.setSystemTime(START + 10_000);
    rerender(page(at(6_000)));
    expect(screen.getByText('4 sec. ago')).not.toBeNull();
  });

  it('grows old while nothing else changes', () => {
    render(page(at(0)));
    act(() => jest.advanceTimersByTime(60_000));
    expect(screen.getByText('1 min. ago')).not.toBeNull();
  });
});
