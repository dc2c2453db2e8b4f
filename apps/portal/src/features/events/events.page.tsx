import { Switch } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { type EventSummary } from '@hub/api-client';
import { IconActivity } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { DataTable, type Column } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, TextFilter } from '../../components/filter-bar';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { text } from '../../text';
import { eventsQuery, type EventFilters } from './events.queries';
import { EVENT_STATUSES } from './events.routes';

const route = getRouteApi('/shell/events');
const words = text.events;
const LIVE_EVERY_MS = 2_000;

const COLUMNS: readonly Column<EventSummary>[] = [
  { id: 'status', title: words.columns.status, width: '104px', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'type', title: words.columns.type, width: 'minmax(80px, 1.4fr)', cell: ({ type }) => type },
  {
    id: 'subject',
    title: words.columns.subject,
    width: 'minmax(100px, 1.4fr)',
    wideOnly: true,
    cell: ({ subject }) => subject ?? '',
  },
  {
    id: 'id',
    title: words.columns.id,
    width: 'minmax(140px, 1.4fr)',
    wideOnly: true,
    cell: ({ event_id: id }) => <Id value={id} />,
  },
  {
    id: 'source',
    title: words.columns.source,
    width: 'minmax(80px, 0.8fr)',
    wideOnly: true,
    cell: ({ source }) => source ?? '',
  },
  {
    id: 'received',
    title: words.columns.received,
    width: '90px',
    alignEnd: true,
    cell: ({ received_at: at }) => <Time at={at} ago size="sm" />,
  },
];

export function EventsPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const [isLive, setLive] = useLocalStorage({ key: 'events-live', defaultValue: false });
  const { rows, isLoading, hasMore, more, error, refetch } = useList(
    eventsQuery(filters),
    isLive ? LIVE_EVERY_MS : undefined,
  );
  const change = (wanted: Partial<EventFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <Switch label={words.live} checked={isLive} onChange={(event) => setLive(event.currentTarget.checked)} />
      }
    >
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label={words.search}
          placeholder={words.searchHint}
          width={300}
          value={filters.q}
          onChange={(q) => change({ q })}
        />
        <TextFilter label={words.type} value={filters.type} onChange={(type) => change({ type })} width={180} />
        <ChoiceFilter
          label={words.status}
          choices={EVENT_STATUSES}
          value={filters.status}
          onChange={(status) => change({ status })}
        />
      </FilterBar>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={refetch} />
      ) : (
        <DataTable
          label={words.title}
          rows={rows}
          columns={COLUMNS}
          rowKey={(row) => row.tracking_id}
          onOpen={({ tracking_id: trackingId }) =>
            void navigate({ to: '/events/$trackingId', params: { trackingId }, search: {} })
          }
          isLoading={isLoading}
          hasMore={hasMore}
          onMore={more}
          empty={<NoEvents isFiltered={isFiltered} />}
        />
      )}
    </Page>
  );
}

function NoEvents({ isFiltered }: { readonly isFiltered: boolean }) {
  const { empty } = words;
  if (isFiltered) return <EmptyState icon={<IconActivity />} title={empty.filteredTitle} hint={empty.filteredHint} />;
  return <EmptyState icon={<IconActivity />} title={empty.title} hint={empty.hint} />;
}
