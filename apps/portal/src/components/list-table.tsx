import { type ListState } from '../lib/pages';
import { DataTable, type DataTableProps } from './data-table';
import { ProblemAlert } from './problem-alert';

interface Props<Row> extends Omit<DataTableProps<Row>, 'rows' | 'isLoading' | 'hasMore' | 'onMore' | 'search'> {
  readonly list: ListState<Row>;
}

/** A list of the API as a table; in its place what went wrong, and the way to try again. */
export function ListTable<Row>({ list, ...table }: Props<Row>) {
  const { rows, isLoading, hasMore, more, search, error, refetch } = list;
  if (error !== null) return <ProblemAlert error={error} onRetry={refetch} />;
  return <DataTable {...table} rows={rows} isLoading={isLoading} hasMore={hasMore} onMore={more} search={search} />;
}
