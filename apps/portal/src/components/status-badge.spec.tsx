/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { render } from '@testing-library/react';
import { StatusBadge } from './status-badge';

describe('a badge', () => {
  it.each([
    ['needs_reauth', 'Needs sign-in'],
    // Of a dry run, and of a sign-in: they have no words of their own.
    ['would_send', 'Would send'],
    ['not_connected', 'Not connected'],
  ])('of %s says %s', (status, words) => {
    const { container } = render(
      <MantineProvider env="test">
        <StatusBadge status={status} />
      </MantineProvider>,
    );
    expect(container.querySelector('.mantine-Badge-label')?.textContent).toBe(words);
  });
});
