import { Skeleton } from '@mantine/core';
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
export function Loaded<T>({ query: { data, error, refetch }, height = 160, children }: LoadedProps<T>) {
  if (data !== undefined) return children(data);
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  return <Skeleton height={height} />;
}

/** A page about one thing, which has its own title once it is known. */
export function LoadedPage<T>({ title, ...rest }: LoadedProps<T> & { readonly title: string }) {
  if (rest.query.data !== undefined) return rest.children(rest.query.data);
  return (
    <Page title={title}>
      <Loaded {...rest} />
    </Page>
  );
}
