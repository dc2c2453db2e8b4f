/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { runSync, type SyncRun } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { sessionQuery, type Session } from '../../lib/session';
import { AllowDeletions } from './allow-deletions';

jest.mock('@hub/api-client', () => ({
  client: { setConfig: jest.fn() },
  runSync: jest.fn(),
}));

function show(code: string, scopes: readonly string[] = ['config:write']): void {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, { scopes } as unknown as Session);
  const run = { sync_id: 'syn_1', error: { category: 'validation', code, message: '' } } as SyncRun;
  render(
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <AllowDeletions run={run} />
      </MantineProvider>
    </QueryClientProvider>,
  );
}

const button = () => screen.queryByRole('button', { name: 'Allow deletions' });

describe('a listing that has ended because too many records were gone', () => {
  it('is asked for again with the permission, once that is confirmed', async () => {
    jest.mocked(runSync).mockResolvedValue({ data: { id: 'run_1' }, response: { ok: true } } as never);
    show('too_many_missing');
    fireEvent.click(button()!);
    expect(runSync).not.toHaveBeenCalled();
    const [, confirm] = screen.getAllByRole('button', { name: 'Allow deletions', hidden: true });
    await act(() => fireEvent.click(confirm!));
    expect(runSync).toHaveBeenCalledWith({
      path: { id: 'syn_1' },
      body: { mode: 'full', allow_deletions: true },
    });
    expect(await screen.findByRole('status')).not.toBeNull();
  });

  it('is nobody else’s to ask for, and nothing that another failure offers', () => {
    show('too_many_missing', ['config:read']);
    expect(button()).toBeNull();
    show('empty_listing');
    expect(button()).toBeNull();
  });
});
