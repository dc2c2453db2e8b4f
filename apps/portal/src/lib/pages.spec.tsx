/** @jest-environment jsdom */
import { focusManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { type ReactNode } from 'react';
import { listQuery, useList, wholeList } from './pages';

const client = new QueryClient();
const wrapper = ({ children }: { readonly children: ReactNode }) => (
  <QueryClientProvider client={client}>{children}</QueryClientProvider>
);
afterEach(() => client.clear());

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
  });
});

describe('a list of many pages', () => {
  afterEach(() => {
    client.setDefaultOptions({});
    focusManager.setFocused(undefined);
  });

  it('stays when its next page fails, asks for that one by hand alone, and is not fetched anew by a look at the tab', async () => {
    client.setDefaultOptions({ queries: { retry: false } });
    const asked: (string | undefined)[] = [];
    let isAway = false;
    const query = listQuery<number>(['long'], (cursor) => {
      asked.push(cursor);
      const at = Number(cursor ?? 0);
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve({ data: [at], next_cursor: `${at + 1}` });
    });
    const { result } = renderHook(() => useList(query), { wrapper });
    for (const length of [1, 2, 3, 4]) {
      await waitFor(() => expect(result.current.rows).toHaveLength(length));
      if (length < 4) act(() => result.current.more());
    }
    isAway = true;
    act(() => result.current.more());
    await waitFor(() => expect(result.current.error).not.toBeNull());
    expect(result.current.rows).toEqual([0, 1, 2, 3]);
    asked.length = 0;
    act(() => result.current.moreByItself());
    expect(client.isFetching()).toBe(0);
    act(() => result.current.more());
    await waitFor(() => expect(asked).toEqual(['4']));
    await waitFor(() => expect(client.isFetching()).toBe(0));
    isAway = false;
    act(() => result.current.refetch());
    await waitFor(() => expect(result.current.rows).toEqual([0, 1, 2, 3, 4]));
    expect(result.current.error).toBeNull();
    expect(asked).toEqual(['4', '4']);
    const look = jest.fn(() => Promise.resolve({ data: [], next_cursor: null }));
    const short = listQuery<number>(['short'], look);
    renderHook(() => useList(short), { wrapper });
    await waitFor(() => expect(look).toHaveBeenCalledTimes(1));
    act(() => {
      focusManager.setFocused(false);
      focusManager.setFocused(true);
    });
    await waitFor(() => expect(look).toHaveBeenCalledTimes(2));
    expect(asked).toEqual(['4', '4']);
  });
});

describe('a first look', () => {
  afterEach(() => client.setDefaultOptions({}));

  it('is over with its answer, also where it failed, and is not begun again by those after it', async () => {
    client.setDefaultOptions({ queries: { retry: false } });
    const goOn: (() => void)[] = [];
    const query = listQuery<string>(['later'], () =>
      new Promise<void>((resolve) => goOn.push(resolve)).then(() => {
        if (goOn.length === 1) throw new Error('too often');
        return { data: ['there'], next_cursor: null };
      }),
    );
    const { result } = renderHook(() => useList(query), { wrapper });
    expect(result.current.isFirstLook).toBe(true);
    act(() => goOn[0]?.());
    await waitFor(() => expect(result.current.error).not.toBeNull());
    expect(result.current.isFirstLook).toBe(false);
    act(() => result.current.refetch());
    await waitFor(() => expect(goOn).toHaveLength(2));
    expect(result.current).toMatchObject({ isLoading: true, isFirstLook: false, isKnown: false });
    act(() => goOn[1]?.());
    await waitFor(() => expect(result.current.rows).toEqual(['there']));
    expect(result.current.isFirstLook).toBe(false);
  });
});

describe('a list of what is still changing', () => {
  const page = (row: string) => ({ data: [row], next_cursor: null });
  const fetchPage = jest.fn(() => Promise.resolve(page('queued')));
  beforeEach(() => fetchPage.mockReset().mockResolvedValue(page('queued')));

  it('is looked at once more when that has ended', async () => {
    const query = listQuery<string>(['items'], fetchPage);
    const first: { readonly every?: number } = { every: 3_600_000 };
    const { result, rerender } = renderHook(({ every }) => useList(query, every), { wrapper, initialProps: first });
    await waitFor(() => expect(result.current.rows).toEqual(['queued']));
    fetchPage.mockResolvedValue(page('succeeded'));
    rerender({});
    await waitFor(() => expect(result.current.rows).toEqual(['succeeded']));
    rerender({});
    expect(fetchPage).toHaveBeenCalledTimes(2);
  });

  it('is looked at again for as long as a row of it goes on', async () => {
    const asked: (readonly string[])[] = [];
    const query = listQuery<string>(['backtests'], fetchPage);
    const every = (rows: readonly string[]): number | undefined => {
      asked.push(rows);
      return rows.includes('queued') ? 10 : undefined;
    };
    const { result } = renderHook(() => useList(query, every), { wrapper });
    await waitFor(() => expect(fetchPage.mock.calls.length).toBeGreaterThan(2));
    fetchPage.mockResolvedValue(page('succeeded'));
    await waitFor(() => expect(result.current.rows).toEqual(['succeeded']));
    expect(asked.at(-1)).toEqual(['succeeded']);
  });
});

describe('a whole list', () => {
  it('is all of its pages', async () => {
    const all = Array.from({ length: 5_000 }, (_unused, index) => index);
    const whole = await wholeList(({ limit, cursor = '0' }) => {
      const end = Number(cursor) + limit;
      return Promise.resolve({ data: all.slice(Number(cursor), end), next_cursor: end < all.length ? `${end}` : null });
    });
    expect(whole).toEqual(all);
  });
});
