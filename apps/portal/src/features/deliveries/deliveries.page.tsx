import { IconSend } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar } from '../../components/filter-bar';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { useList } from '../../lib/pages';
import { text } from '../../text';
import { DeliveriesTable } from './deliveries-table';
import { deliveriesQuery, type DeliveryFilters } from './deliveries.queries';
import { DELIVERY_STATUSES } from './deliveries.routes';

const route = getRouteApi('/shell/deliveries');
const words = text.deliveries;
const CATEGORIES = Object.keys(words.detail.categories);

export function DeliveriesPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const { rows, isLoading, hasMore, more, error, refetch } = useList(deliveriesQuery(filters));
  const change = (wanted: Partial<DeliveryFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const { empty } = words;
  return (
    <Page title={words.title} description={words.description}>
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <ChoiceFilter
          label={words.filters.status}
          choices={DELIVERY_STATUSES}
          value={filters.status}
          onChange={(status) => change({ status })}
        />
        <ChoiceFilter
          label={words.filters.category}
          choices={CATEGORIES}
          nameOf={(category) => words.detail.categories[category] ?? category}
          value={filters.category}
          onChange={(category) => change({ category })}
        />
      </FilterBar>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={refetch} />
      ) : (
        <DeliveriesTable
          rows={rows}
          isLoading={isLoading}
          hasMore={hasMore}
          onMore={more}
          empty={
            <EmptyState
              icon={<IconSend />}
              title={isFiltered ? empty.filteredTitle : empty.title}
              hint={isFiltered ? empty.filteredHint : empty.hint}
            />
          }
        />
      )}
    </Page>
  );
}
