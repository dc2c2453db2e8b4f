import { Button, Group, Switch, Text } from '@mantine/core';
import { updateRoute, type Route } from '@hub/api-client';
import { IconRoute } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, NameFilter } from '../../components/filter-bar';
import { type Named } from '../../components/name-choices';
import { Page } from '../../components/page';
import { SetFilters } from '../../components/set-filters';
import { StatusBadge } from '../../components/status-badge';
import { answerOf } from '../../lib/api';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { routes as wording } from '../../text/routes.text';
import { useConnections } from '../connections/use-connections';
import { flowQuery } from '../flow/flow.queries';
import { allMappingsQuery } from '../mappings/mappings.queries';
import { routesQuery, type RouteFilters } from './routes.queries';

const api = getRouteApi('/shell/routes');
const words = wording;

interface Names {
  readonly connection: (id: string) => string;
  readonly mapping: (id: string) => string;
  readonly sources: (routeId: string) => string;
}

function columnsOf(names: Names, mayChange: boolean): readonly Column<Route>[] {
  const { columns } = words;
  return [
    {
      id: 'name',
      title: columns.name,
      width: 'minmax(110px, 2fr)',
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    {
      id: 'from',
      title: columns.from,
      width: 'minmax(100px, 1fr)',
      wideOnly: true,
      cell: ({ id }) => <span title={names.sources(id)}>{names.sources(id)}</span>,
    },
    {
      id: 'event',
      title: columns.event,
      width: 'minmax(110px, 1.1fr)',
      wideOnly: true,
      cell: ({ event_type: type, filter }) => <span title={filter ?? type}>{type}</span>,
    },
    {
      id: 'to',
      title: columns.to,
      width: 'minmax(80px, 1.1fr)',
      cell: (row) => {
        const label = `${names.connection(row.connection_id)} · ${row.operation}`;
        return <span title={label}>{label}</span>;
      },
    },
    {
      id: 'mapping',
      title: columns.mapping,
      width: 'minmax(100px, 1.2fr)',
      wideOnly: true,
      cell: ({ mapping_id: id }) =>
        id === null ? (
          <Text size="sm" c="dimmed">
            {words.asItIs}
          </Text>
        ) : (
          <span title={names.mapping(id)}>{names.mapping(id)}</span>
        ),
    },
    {
      id: 'enabled',
      title: columns.enabled,
      width: '84px',
      cell: (row) =>
        mayChange ? <Toggle route={row} /> : <StatusBadge status={row.enabled ? 'enabled' : 'disabled'} />,
    },
  ];
}

function Toggle({ route }: { readonly route: Route }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (enabled: boolean) => answerOf(updateRoute({ path: { id: route.id }, body: { enabled } })),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['routes'] }),
        client.invalidateQueries({ queryKey: ['route', route.id] }),
      ]),
  });
  return (
    <Switch
      aria-label={words.toggle(route.name)}
      checked={change.isPending ? change.variables : route.enabled}
      disabled={change.isPending}
      error={change.error?.message}
      // The row opens on a click, and this is not one on the row.
      onClick={(event) => event.stopPropagation()}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}

export function RoutesPage() {
  const filters = api.useSearch();
  const navigate = api.useNavigate();
  const may = useMay();
  const names = useNames();
  const list = useList(routesQuery(filters));
  const change = (wanted: Partial<RouteFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const recipes = (
    <Button component={Link} to="/recipes">
      {words.recipes}
    </Button>
  );
  const actions = may('config:write') ? (
    <Group gap="xs">
      <Button component={Link} to="/routes/new" variant="default">
        {words.add}
      </Button>
      {recipes}
    </Group>
  ) : undefined;
  const { empty } = words;
  return (
    <Page title={words.title} description={words.description} actions={actions}>
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <NameFilter
          label={words.filters.connection}
          known={names.connections}
          value={filters.connection_id}
          onChange={(connection_id) => change({ connection_id })}
        />
        <ChoiceFilter
          label={words.filters.enabled}
          choices={['true', 'false'] as const}
          nameOf={(choice) => (choice === 'true' ? words.filters.on : words.filters.off)}
          value={filters.enabled}
          onChange={(enabled) => change({ enabled })}
        />
      </FilterBar>
      <SetFilters
        values={{ mapping_id: filters.mapping_id && names.mapping(filters.mapping_id) }}
        names={{ mapping_id: words.filters.mapping }}
        onRemove={() => change({ mapping_id: undefined })}
      />
      <ListTable
        list={list}
        label={words.title}
        columns={columnsOf(names, may('config:write'))}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/routes/$routeId', params: { routeId: id } })}
        empty={
          <EmptyState
            icon={<IconRoute />}
            title={isFiltered ? empty.filteredTitle : empty.title}
            hint={isFiltered ? empty.filteredHint : empty.hint}
            action={isFiltered || !may('config:write') ? undefined : recipes}
          />
        }
      />
    </Page>
  );
}

function useNames(): Names & { readonly connections: readonly Named[] } {
  const connections = useConnections();
  const { data: mappings } = useQuery(allMappingsQuery());
  const mappingNames = useMemo(() => new Map(mappings?.map(({ id, name }) => [id, name])), [mappings]);
  const { data: flow } = useQuery({ ...flowQuery(), refetchInterval: false });
  const sources = (routeId: string): string => {
    const edges = flow?.edges.filter((edge) => edge.route_id === routeId) ?? [];
    const found = edges.map((edge) =>
      edge.source_connection_id === null
        ? (edge.source ?? words.posted)
        : connections.nameOf(edge.source_connection_id),
    );
    return [...new Set(found)].join(', ');
  };
  return {
    connections: connections.all ?? [],
    connection: connections.nameOf,
    mapping: (id) => mappingNames.get(id) ?? id,
    sources,
  };
}
