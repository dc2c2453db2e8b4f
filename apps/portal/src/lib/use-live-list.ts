import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { type LiveRules } from './live-rows';
import { LiveTable } from './live-table';
import { type listQuery } from './pages';
import { type QueryMembers } from './search-params';
import { useLive, type Live } from './use-live';

export interface LiveListOptions<Row> {
  readonly isOn: boolean;
  readonly path: string;
  readonly query: QueryMembers;
  readonly list: ReturnType<typeof listQuery<Row>>;
  /** The same for as long as they say the same. */
  readonly rules: LiveRules<Row>;
}

export interface LiveList extends Live {
  /** New rows that are held back while somebody reads. */
  readonly waiting: number;
  readonly show: () => void;
  /** For the table. */
  readonly onReading: (isReading: boolean) => void;
  readonly topAgain: number;
}

/** A list that is followed. */
export function useLiveList<Row>({ isOn, path, query, list, rules }: LiveListOptions<Row>): LiveList {
  const client = useQueryClient();
  const asked = JSON.stringify(list.queryKey);
  const table = useMemo(
    () => new LiveTable<Row>(client, JSON.parse(asked) as unknown[], rules),
    [client, asked, rules],
  );
  const waiting = useSyncExternalStore(table.subscribe, table.waiting);
  const [topAgain, setTopAgain] = useState(0);
  const live = useLive({ isOn, path, query, onMessages: table.onMessages });
  return { ...live, waiting, show: () => setTopAgain((now) => now + 1), onReading: table.onReading, topAgain };
}
