/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { startBacktest } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { mappings } from '../../../text/mappings.text';
import { StartBacktest } from './start-backtest';

jest.mock('@hub/api-client', () => ({ client: { setConfig: jest.fn() }, startBacktest: jest.fn() }));

it('asks for how many events when that was emptied, and starts with no other number', async () => {
  jest.mocked(startBacktest).mockResolvedValue({ data: { id: 'btt_1' }, response: { ok: true } } as never);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MantineProvider env="test">
        <StartBacktest mappingId="map_1" label="Back-test" what={{ version: 2 }} onStarted={jest.fn()} />
      </MantineProvider>
    </QueryClientProvider>,
  );
  const startWith = (limit: string): Promise<void> =>
    act(async () => {
      fireEvent.change(screen.getByLabelText(new RegExp(`^${mappings.backtest.limit}`)), { target: { value: limit } });
      fireEvent.click(screen.getByRole('button', { name: 'Back-test' }));
      await Promise.resolve();
    });
  await startWith('');
  expect(startBacktest).not.toHaveBeenCalled();
  await startWith('30');
  expect(jest.mocked(startBacktest).mock.lastCall?.[0].body).toEqual({ version: 2, limit: 30 });
});
