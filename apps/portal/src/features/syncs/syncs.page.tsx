import { Button, Group } from '@mantine/core';
import { type Sync } from '@hub/api-client';
import { IconRefresh } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, NameFilter } from '../../components/filter-bar';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { syncs as wording } from '../../text/syncs.text';
import { useConnections } from '../connections/use-connections';
import { FreshnessBadge } from './freshness-badge';
import { modeOf } from './schedule';
import { syncsQuery, type SyncFilters } from './syncs.queries';
import { SYNC_STATUSES } from './syncs.routes';

const route = getRouteApi('/shell/syncs');
const words = wording;

function columnsOf(nameOf: (id: string) => string): readonly Column<Sync>[] {
  const { columns } = words;
  return [
    {
      id: 'name',
      title: columns.name,
      width: 'minmax(80px, 2fr)',
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    {
      id: 'connection',
      title: columns.connection,
      width: 'minmax(100px, 1fr)',
      wideOnly: true,
      cell: (row) => nameOf(row.connection_id),
    },
    { id: 'object', title: columns.object, width: 'minmax(80px, 0.8fr)', wideOnly: true, cell: (row) => row.object },
    {
      id: 'mode',
      title: columns.mode,
      width: 'minmax(150px, 1.4fr)',
      wideOnly: true,
      cell: (row) => <span title={modeOf(row)}>{modeOf(row)}</span>,
    },
    { id: 'freshness', title: columns.freshness, width: '96px', cell: (row) => <FreshnessBadge sync={row} /> },
    {
      id: 'lastRun',
      title: columns.lastRun,
      width: '105px',
      wideOnly: true,
      cell: (row) => <Time at={row.last_run_at} ago size="sm" />,
    },
    {
      id: 'status',
      title: columns.status,
      width: '90px',
      cell: (row) => <StatusBadge status={row.status} why={row.last_error?.message} />,
    },
  ];
}

export function SyncsPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const connections = useConnections();
  const list = useList(syncsQuery(filters), 10_000);
  const change = (wanted: Partial<SyncFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const recipes = (
    <Button component={Link} to="/recipes">
      {words.recipes}
    </Button>
  );
  const actions = may('config:write') ? (
    <Group gap="xs">
      <Button component={Link} to="/syncs/new" variant="default">
        {words.add}
      </Button>
      {recipes}
    </Group>
  ) : undefined;
  const { empty } = words;
  return (
    <Page title={words.title} description={words.description} actions={actions}>
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <ChoiceFilter
          label={words.filters.status}
          choices={SYNC_STATUSES}
          value={filters.status}
          onChange={(status) => change({ status })}
        />
        <NameFilter
          label={words.filters.connection}
          known={connections.all ?? []}
          value={filters.connection_id}
          onChange={(connection_id) => change({ connection_id })}
        />
      </FilterBar>
      <ListTable
        list={list}
        label={words.title}
        columns={columnsOf(connections.nameOf)}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/syncs/$syncId', params: { syncId: id } })}
        empty={
          <EmptyState
            icon={<IconRefresh />}
            title={isFiltered ? empty.filteredTitle : empty.title}
            hint={isFiltered ? empty.filteredHint : empty.hint}
            action={isFiltered || !may('config:write') ? undefined : recipes}
          />
        }
      />
    </Page>
  );
}
