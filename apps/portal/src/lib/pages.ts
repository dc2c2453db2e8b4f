import { infiniteQueryOptions, useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

export interface ListPage<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
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

export interface ListState<Row> {
  readonly rows: readonly Row[];
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly error: Error | null;
  readonly refetch: () => void;
}

/** @param refreshMs how often to look again while the page is open */
export function useList<Row>(query: ReturnType<typeof listQuery<Row>>, refreshMs?: number): ListState<Row> {
  const { data, isFetching, hasNextPage, fetchNextPage, isFetchingNextPage, error, refetch } = useInfiniteQuery({
    ...query,
    refetchInterval: refreshMs,
  });
  const rows = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const more = useCallback((): void => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  return {
    rows,
    isLoading: isFetching && (rows.length === 0 || isFetchingNextPage),
    hasMore: hasNextPage,
    more,
    error,
    refetch: () => void refetch(),
  };
}
