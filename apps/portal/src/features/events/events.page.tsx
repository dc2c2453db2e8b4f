import { Text } from '@mantine/core';
import { type EventSummary } from '@hub/api-client';
import { IconActivity } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Id, shortened } from '../../components/copy-button';
import { CurlButton } from '../../components/curl-button';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, TextFilter, TimeFilter } from '../../components/filter-bar';
import { SetFilters } from '../../components/set-filters';
import { LiveSwitch } from '../../components/live-switch';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { type LiveRules } from '../../lib/live-rows';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { useLiveList } from '../../lib/use-live-list';
import { events as eventsText } from '../../text/events.text';
import { useConnections } from '../connections/use-connections';
import { SavedFilters } from '../saved-filters/saved-filters';
import { eventsQuery, type EventFilters } from './events.queries';
import { ReplayEvents, WhyNoReplay } from './replay-events';
import { EVENT_STATUSES, type EventsSearch } from './events.routes';

const route = getRouteApi('/shell/events');
const words = eventsText;

const COLUMNS: readonly Column<EventSummary>[] = [
  { id: 'status', title: words.columns.status, width: '104px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'type',
    title: words.columns.type,
    width: 'minmax(80px, 1.4fr)',
    cell: ({ type }) => type,
  },
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

const PATH = '/v1/events';

export function EventsPage() {
  const { live: isLive = false, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const mayReadPayloads = useMay()('payloads:read');
  const wanted = eventsQuery(filters);
  const list = useList(wanted);
  const { status, ...others } = filters;
  // Every change is followed, so that one that has another status by now can leave the list.
  const rules = useMemo(() => rulesOf(status), [status]);
  const live = useLiveList({ isOn: isLive, path: `${PATH}/stream`, query: others, list: wanted, rules });
  const change = (some: Partial<EventsSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...some }), replace: true });
  const show = (all: EventsSearch): void => void navigate({ search: all, replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <>
          <ReplayEvents filters={filters} list={list} />
          <LiveSwitch live={live} isOn={isLive} onChange={(on) => change({ live: on || undefined })} />
        </>
      }
    >
      <FilterBar isFiltered={isFiltered} onClear={() => show({ live: isLive || undefined })}>
        <TextFilter
          label={words.search}
          placeholder={mayReadPayloads ? words.searchHint : words.searchIdHint}
          width={250}
          value={filters.q}
          onChange={(q) => change({ q })}
        />
        <TextFilter label={words.type} value={filters.type} onChange={(type) => change({ type })} width={150} />
        <ChoiceFilter
          label={words.status}
          choices={EVENT_STATUSES}
          value={filters.status}
          onChange={(wanted) => change({ status: wanted })}
        />
        <TimeFilter label={words.from} value={filters.from} onChange={(from) => change({ from })} />
        <TimeFilter label={words.to} value={filters.to} onChange={(to) => change({ to })} />
        <SavedFilters
          view="events"
          filters={filters}
          onApply={(saved) => void navigate({ to: '.', search: { ...saved, live: isLive || undefined } })}
        />
        <CurlButton url={PATH} query={filters} />
      </FilterBar>
      <OtherFilters filters={filters} onRemove={(name) => change({ [name]: undefined })} />
      {!mayReadPayloads && (
        <Text size="sm" c="dimmed">
          {words.noPayloadSearch}
        </Text>
      )}
      <WhyNoReplay filters={filters} list={list} />
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        below={({ subject, event_id: id }) => subject ?? shortened(id)}
        rowKey={idOf}
        onOpen={({ tracking_id: trackingId }) =>
          void navigate({ to: '/events/$trackingId', params: { trackingId }, search: {} })
        }
        onReading={live.onReading}
        topAgain={live.topAgain}
        empty={<NoEvents isFiltered={isFiltered} />}
      />
    </Page>
  );
}

interface OtherFiltersProps {
  readonly filters: EventFilters;
  readonly onRemove: (name: keyof typeof words.others) => void;
}

function OtherFilters({ filters, onRemove }: OtherFiltersProps) {
  const { nameOf } = useConnections();
  const { connection_id: id, ...others } = filters;
  const values = { ...others, connection_id: id === undefined ? undefined : nameOf(id) };
  return <SetFilters values={values} names={words.others} onRemove={onRemove} />;
}

const idOf = ({ tracking_id: id }: EventSummary): string => id;

function rulesOf(status: EventFilters['status']): LiveRules<EventSummary> {
  return { idOf, fits: (row) => status === undefined || row.status === status };
}

function NoEvents({ isFiltered }: { readonly isFiltered: boolean }) {
  const { empty } = words;
  if (isFiltered) return <EmptyState icon={<IconActivity />} title={empty.filteredTitle} hint={empty.filteredHint} />;
  return <EmptyState icon={<IconActivity />} title={empty.title} hint={empty.hint} />;
}
