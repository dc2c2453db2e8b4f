import { Box, Skeleton } from '@mantine/core';
import { type ReactNode } from 'react';
import { Page } from './page';
import { ProblemAlert } from './problem-alert';

/** As much of a query's result as this needs. */
export interface Awaited<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

export interface LoadedProps<T> {
  readonly query: Awaited<T>;
  /** Of what comes, in pixels. */
  readonly height?: number;
  readonly children: (data: T) => ReactNode;
}

/** What was fetched, the shape of it while it is on its way, or why it did not come. What is there stays when a later look fails. */
export function Loaded<T>({ query, height = 160, children }: LoadedProps<T>) {
  const { data, error, refetch } = query;
  return (
    <>
      {error !== null && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null && <Skeleton height={height} /> : children(data)}
    </>
  );
}

/** A page about one thing, which has its own title once it is known. */
export function LoadedPage<T>({ title, ...rest }: LoadedProps<T> & { readonly title: string }) {
  const { query, children } = rest;
  if (query.data === undefined)
    return (
      <Page title={title}>
        <Loaded {...rest} />
      </Page>
    );
  return (
    <>
      <LookFailed query={query} />
      {children(query.data)}
    </>
  );
}

/** Above a page that stays as it is: that a later look at it has failed. */
export function LookFailed({ query: { error, refetch } }: { readonly query: Awaited<unknown> }) {
  if (error === null) return null;
  return (
    <Box mb="md">
      <ProblemAlert error={error} onRetry={() => void refetch()} />
    </Box>
  );
}
