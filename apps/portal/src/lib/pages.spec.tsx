/** @jest-environment jsdom */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { type ReactNode } from 'react';
import { listQuery, useList } from './pages';

describe('a search among very many', () => {
  it('says how far back it has looked, rests when it is stopped, and goes on from there', async () => {
    const asked: (string | undefined)[] = [];
    const query = listQuery<string>(['events', { q: 'rare' }], (cursor) => {
      asked.push(cursor);
      const hour = 10 - asked.length;
      const isEnd = asked.length === 3;
      return Promise.resolve({
        data: isEnd ? ['found'] : [],
        next_cursor: isEnd ? null : `after ${asked.length}`,
        searched_back_to: isEnd ? null : `2026-11-21T0${hour}:00:00.000Z`,
      });
    });
    const client = new QueryClient();
    const wrapper = ({ children }: { readonly children: ReactNode }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    );
    const { result } = renderHook(() => useList(query), { wrapper });
    await waitFor(() => expect(result.current.search?.backTo).toBe('2026-11-21T09:00:00.000Z'));
    act(() => result.current.search?.onStop());
    expect(result.current.search?.isStopped).toBe(true);
    act(() => result.current.more());
    expect(asked).toEqual([undefined]);
    act(() => result.current.search?.onGoOn());
    act(() => result.current.more());
    await waitFor(() => expect(result.current.search?.backTo).toBe('2026-11-21T08:00:00.000Z'));
    act(() => result.current.more());
    await waitFor(() => expect(result.current.rows).toEqual(['found']));
    expect(result.current.search).toBeNull();
    expect(asked).toEqual([undefined, 'after 1', 'after 2']);
    client.clear();
  });
});
