/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { render, screen } from '@testing-library/react';
import { Advice } from './advice';

const ADVICE = { title: 'connection paused', explanation: 'Somebody has paused it.', action: 'Resume it.' };

function show(status: Delivery['status'], rest: Partial<Pick<Delivery, 'advice' | 'replayed_by'>> = {}): string {
  render(
    <MantineProvider env="test">
      <Advice delivery={{ status, advice: ADVICE, replayed_by: null, ...rest }} />
    </MantineProvider>,
  );
  return screen.queryByRole('alert')?.textContent ?? '';
}

describe('what is said of a delivery that has not arrived', () => {
  it.each([
    ['held', 'Why it waits'],
    ['retrying', 'Why it waits'],
    ['dead', 'What to do'],
  ] as const)('one that is %s says why, and what to do', (status, title) => {
    expect(show(status)).toBe(`${title}${ADVICE.explanation}${ADVICE.action}`);
  });

  it('one that is tried again says so where nobody has to do anything', () => {
    expect(show('retrying', { advice: null })).toContain('tried again by itself');
  });

  it.each([
    ['has arrived', 'succeeded', { advice: null }],
    ['was replayed', 'dead', { replayed_by: 'dlv_2' }],
  ] as const)('nothing of one that %s', (_what, status, rest) => expect(show(status, rest)).toBe(''));
});
