import { type Delivery } from '@hub/api-client';
import { IconSend } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo } from 'react';
import { CurlButton } from '../../components/curl-button';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, NameFilter, TimeFilter } from '../../components/filter-bar';
import { SetFilters } from '../../components/set-filters';
import { LiveSwitch } from '../../components/live-switch';
import { Listed } from '../../components/list-table';
import { Page } from '../../components/page';
import { type LiveRules } from '../../lib/live-rows';
import { useList } from '../../lib/pages';
import { useLiveList } from '../../lib/use-live-list';
import { text } from '../../text';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { useConnections } from '../connections/use-connections';
import { useRoutes } from '../routes/use-routes';
import { SavedFilters } from '../saved-filters/saved-filters';
import { DeliveriesTable } from './deliveries-table';
import { deliveriesQuery, type DeliveryFilters } from './deliveries.queries';
import { DELIVERY_STATUSES, type DeliveriesSearch } from './deliveries.routes';
import { CATEGORIES } from './filter-values';
import { ReplayThese, WhyNoReplay } from './replay-these';

const route = getRouteApi('/shell/deliveries');
const words = deliveriesText;

const PATH = '/v1/deliveries';

export function DeliveriesPage() {
  const { live: isLive = false, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const list = deliveriesQuery(filters);
  const found = useList(list);
  const { rows, isLoading, hasMore, moreByItself, search } = found;
  const { all: connections } = useConnections();
  const { all: routes } = useRoutes();
  const { status, ...others } = filters;
  // Every change is followed, so that one that has another status by now can leave the list.
  const rules = useMemo(() => rulesOf(status), [status]);
  const live = useLiveList({ isOn: isLive, path: `${PATH}/stream`, query: others, list, rules });
  const change = (wanted: Partial<DeliveriesSearch>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const show = (wanted: DeliveriesSearch): void => void navigate({ search: wanted, replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const { replayed } = filters;
  const shown = { ...filters, replayed: replayed && (replayed === 'true' ? text.common.yes : text.common.no) };
  const { empty } = words;
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <>
          <ReplayThese filters={filters} />
          <LiveSwitch live={live} isOn={isLive} onChange={(on) => change({ live: on || undefined })} />
        </>
      }
    >
      <FilterBar isFiltered={isFiltered} onClear={() => show({ live: isLive || undefined })}>
        <ChoiceFilter
          label={words.filters.status}
          choices={DELIVERY_STATUSES}
          value={filters.status}
          onChange={(wanted) => change({ status: wanted })}
        />
        <ChoiceFilter
          label={words.filters.category}
          choices={CATEGORIES}
          nameOf={(category) => words.detail.categories[category] ?? category}
          value={filters.category}
          onChange={(category) => change({ category })}
        />
        <NameFilter
          label={words.filters.connection}
          known={connections ?? []}
          value={filters.connection_id}
          onChange={(id) => change({ connection_id: id })}
        />
        <NameFilter
          label={words.filters.route}
          known={routes}
          value={filters.route_id}
          onChange={(id) => change({ route_id: id })}
        />
        <TimeFilter label={words.filters.from} value={filters.from} onChange={(from) => change({ from })} />
        <TimeFilter label={words.filters.to} value={filters.to} onChange={(to) => change({ to })} />
        <SavedFilters
          view="deliveries"
          filters={filters}
          onApply={(saved) => void navigate({ to: '.', search: { ...saved, live: isLive || undefined } })}
        />
        <CurlButton url={PATH} query={filters} />
      </FilterBar>
      <SetFilters values={shown} names={words.others} onRemove={(name) => change({ [name]: undefined })} />
      {rows.length > 0 && <WhyNoReplay filters={filters} />}
      <Listed list={found}>
        <DeliveriesTable
          rows={rows}
          isLoading={isLoading}
          hasMore={hasMore}
          onMore={moreByItself}
          search={search}
          onReading={live.onReading}
          topAgain={live.topAgain}
          empty={
            <EmptyState
              icon={<IconSend />}
              title={isFiltered ? empty.filteredTitle : empty.title}
              hint={isFiltered ? empty.filteredHint : empty.hint}
            />
          }
        />
      </Listed>
    </Page>
  );
}

function rulesOf(status: DeliveryFilters['status']): LiveRules<Delivery> {
  return { idOf: ({ id }) => id, fits: (row) => status === undefined || row.status === status };
}
