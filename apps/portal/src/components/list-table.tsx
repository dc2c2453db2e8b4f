import { type ReactNode } from 'react';
import { type ListState } from '../lib/pages';
import { DataTable, type DataTableProps } from './data-table';
import { ProblemAlert } from './problem-alert';

interface ListedProps {
  readonly list: Pick<ListState<unknown>, 'error' | 'isKnown' | 'refetch'>;
  readonly children: ReactNode;
}

/** What is known of a list stays when a later look fails; what went wrong stands above it, with the way to try again. */
export function Listed({ list: { error, isKnown, refetch }, children }: ListedProps) {
  return (
    <>
      {error !== null && <ProblemAlert error={error} onRetry={refetch} />}
      {(error === null || isKnown) && children}
    </>
  );
}

interface Props<Row> extends Omit<DataTableProps<Row>, 'rows' | 'isLoading' | 'hasMore' | 'onMore' | 'search'> {
  readonly list: ListState<Row>;
}

/** A list of the API as a table. */
export function ListTable<Row>({ list, ...table }: Props<Row>) {
  const { rows, isLoading, hasMore, moreByItself, search } = list;
  return (
    <Listed list={list}>
      <DataTable {...table} rows={rows} isLoading={isLoading} hasMore={hasMore} onMore={moreByItself} search={search} />
    </Listed>
  );
}
