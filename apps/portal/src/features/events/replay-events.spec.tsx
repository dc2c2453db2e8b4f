/** @jest-environment jsdom */
import { MantineProvider } from '@mantine/core';
import { startReplay, type EventSummary } from '@hub/api-client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterContextProvider } from '@tanstack/react-router';
import { act, fireEvent, render, screen } from '@testing-library/react';
import { type ListState } from '../../lib/pages';
import { sessionQuery, type Session } from '../../lib/session';
import { ReplayEvents } from './replay-events';

jest.mock('@hub/api-client', () => ({
  client: { setConfig: jest.fn() },
  startReplay: jest.fn(),
}));

const LISTED = [row('evt_1'), row('evt_2'), row('evt_old', true)];

function row(id: string, archived = false): EventSummary {
  return { tracking_id: id, archived } as EventSummary;
}

/** A list that changes as a live one does. */
function show(): (rows: readonly EventSummary[], hasMore?: boolean) => void {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  client.setQueryData(sessionQuery.queryKey, { scopes: ['replay'] } as unknown as Session);
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  const page = (rows: readonly EventSummary[], hasMore: boolean) => (
    <QueryClientProvider client={client}>
      <MantineProvider env="test">
        <RouterContextProvider router={router}>
          <ReplayEvents filters={{ status: 'failed' }} list={{ rows, hasMore } as unknown as ListState<EventSummary>} />
        </RouterContextProvider>
      </MantineProvider>
    </QueryClientProvider>
  );
  const { rerender } = render(page(LISTED, false));
  fireEvent.click(screen.getByRole('button', { name: 'Replay these' }));
  return (rows, hasMore = false) => rerender(page(rows, hasMore));
}

const reason = (): HTMLInputElement => screen.getByRole('textbox', { name: /^Reason/ });

async function start(): Promise<unknown> {
  jest.mocked(startReplay).mockResolvedValue({ data: { id: 'rpl_1' }, response: { ok: true } } as never);
  await act(() => fireEvent.click(screen.getByRole('button', { name: 'Start' })));
  return jest.mocked(startReplay).mock.lastCall?.[0].body;
}

describe('the replay of listed events, while its form is open', () => {
  it('stays that of the events that were listed when it was opened', async () => {
    const changeTo = show();
    fireEvent.change(reason(), { target: { value: 'the system was down' } });
    changeTo([row('evt_new'), ...LISTED]);
    expect(screen.getByRole('heading', { name: 'Replay 2 events' })).not.toBeNull();
    expect(await start()).toMatchObject({ event_ids: ['evt_1', 'evt_2'], reason: 'the system was down' });
  });

  it.each([
    ['there is more to list', LISTED, true],
    ['nothing is listed any more', [], false],
  ] as const)('stays open with what was typed when %s', async (_what, rows, hasMore) => {
    const changeTo = show();
    fireEvent.change(reason(), { target: { value: 'the system was down' } });
    changeTo(rows, hasMore);
    expect(reason().value).toBe('the system was down');
    expect(await start()).toMatchObject({ event_ids: ['evt_1', 'evt_2'] });
  });

  it('says how many of the listed ones it leaves out because they are in the archive', () => {
    show();
    expect(screen.getByText(/^1 of the listed events is in the archive/)).not.toBeNull();
  });
});
