import { infiniteQueryOptions, queryOptions, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { FRESH_MS } from './query-client';

export interface ListPage<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
  /** Of a search that was cut short: everything since then has been looked through, and the next page goes on from there. */
  readonly searched_back_to?: string | null;
}

/** A search among very many, which goes on by itself until the page is full or somebody stops it. */
export interface LongSearch {
  readonly backTo: string;
  readonly isStopped: boolean;
  readonly onStop: () => void;
  readonly onGoOn: () => void;
}

/** A list of the API, page after page, under a key that names its filters. */
export function listQuery<Row>(key: readonly unknown[], fetchPage: (cursor?: string) => Promise<ListPage<Row>>) {
  return infiniteQueryOptions<
    ListPage<Row>,
    Error,
    InfiniteData<ListPage<Row>>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** Of a longer one each page would be asked for again by whoever comes back to the tab, and counts against the rate limit. */
const MOST_PAGES_ON_FOCUS = 3;

/** As many as the API gives at once. */
const MOST_ON_A_PAGE = 200;
const LONG_STAYS_FRESH_MS = 60_000;

interface PageOfWhole {
  readonly limit: number;
  readonly cursor?: string;
}

/** All of a list, however many pages it has. */
export async function wholeList<Row>(
  fetchPage: (page: PageOfWhole) => Promise<ListPage<Row>>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const { data, next_cursor: next } = await fetchPage({ limit: MOST_ON_A_PAGE, cursor });
    rows.push(...data);
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/** To choose from, and for the names of what is only known by its id. */
export function wholeQuery<Row>(key: readonly unknown[], fetchPage: (page: PageOfWhole) => Promise<ListPage<Row>>) {
  return queryOptions({
    queryKey: key,
    queryFn: () => wholeList(fetchPage),
    // A long one takes many requests, which count against the rate limit; what is changed here is fetched anew at once.
    staleTime: ({ state: { data } }) =>
      data !== undefined && data.length > MOST_ON_A_PAGE ? LONG_STAYS_FRESH_MS : FRESH_MS,
  });
}

export interface ListState<Row> {
  readonly rows: readonly Row[];
  readonly isLoading: boolean;
  /** While it was never answered: what is shown of others is not taken away by the looks after one that failed. */
  readonly isFirstLook: boolean;
  /** Whether it has ever come: it stays when a later look fails. */
  readonly isKnown: boolean;
  readonly hasMore: boolean;
  /** By hand: also asks again for a next page that has failed. */
  readonly more: () => void;
  /** By a table, as soon as somebody comes near its end: it would ask for one that has failed without a pause. */
  readonly moreByItself: () => void;
  /** Null while there is none. */
  readonly search: LongSearch | null;
  readonly error: Error | null;
  /** Tries again what failed: the next page, or all of it. */
  readonly refetch: () => void;
}

/** How often to look again while the page is open; it may depend on what the list shows. */
export type Refresh<Row> = number | undefined | ((rows: readonly Row[]) => number | undefined);

export function useList<Row>(query: ReturnType<typeof listQuery<Row>>, refresh?: Refresh<Row>): ListState<Row> {
  const looked = useInfiniteQuery({
    ...query,
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= MOST_PAGES_ON_FOCUS,
    refetchInterval:
      typeof refresh === 'function'
        ? ({ state }) => refresh(state.data?.pages.flatMap((page) => page.data) ?? []) ?? false
        : refresh,
  });
  const { data, isFetching, isFetched, hasNextPage, fetchNextPage, isFetchingNextPage, error, refetch } = looked;
  const { isFetchNextPageError: isNextLacking } = looked;
  // What was still changing has ended since the last look: one more shows how.
  const isFollowed = refresh !== undefined;
  const wasFollowed = useRef(isFollowed);
  useEffect(() => {
    if (wasFollowed.current && !isFollowed) void refetch();
    wasFollowed.current = isFollowed;
  }, [isFollowed, refetch]);
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const key = JSON.stringify(query.queryKey);
  // Of these filters: under others it begins anew.
  const [stopped, setStopped] = useState<string | null>(null);
  const backTo = data?.pages.at(-1)?.searched_back_to ?? null;
  const isStopped = backTo !== null && stopped === key;
  const more = useCallback((): void => {
    if (!isFetchingNextPage && !isStopped) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage, isStopped]);
  const moreByItself = useCallback((): void => {
    if (!isNextLacking) more();
  }, [more, isNextLacking]);
  return {
    rows,
    // An empty list that is looked at again is no empty page again: what stands on it would be lost.
    isLoading: isFetching && (data === undefined || isFetchingNextPage),
    isFirstLook: isFetching && !isFetched,
    isKnown: data !== undefined,
    hasMore: hasNextPage,
    more,
    moreByItself,
    search:
      backTo === null ? null : { backTo, isStopped, onStop: () => setStopped(key), onGoOn: () => setStopped(null) },
    error,
    refetch: () => void (isNextLacking ? fetchNextPage() : refetch()),
  };
}
