import { Stack, Text } from '@mantine/core';
import { type Tenant } from '@hub/api-client';
import { IconBuilding } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, TextFilter } from '../../components/filter-bar';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useList } from '../../lib/pages';
import { operator } from '../../text/operator.text';
import { tenantsQuery } from './operator.queries';
import { TENANT_STATUSES, type OperatorView } from './operator.routes';

const route = getRouteApi('/shell/operator');
const words = operator.tenants;

const COLUMNS: readonly Column<Tenant>[] = [
  {
    id: 'name',
    title: words.columns.name,
    width: 'minmax(100px, 2fr)',
    cell: ({ name, slug }) => (
      <>
        <Text size="sm" truncate title={name}>
          {name}
        </Text>
        <small>{slug}</small>
      </>
    ),
  },
  { id: 'tier', title: words.columns.tier, width: 'minmax(70px, 1fr)', cell: ({ tier }) => tier },
  {
    id: 'limit',
    title: words.columns.limit,
    width: '140px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ rate_limit_per_minute: limit }) => (limit === null ? words.tierLimit : count(limit)),
  },
  { id: 'status', title: words.columns.status, width: '104px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'created',
    title: words.columns.created,
    width: '120px',
    wideOnly: true,
    cell: (row) => <Time at={row.created_at} ago size="sm" />,
  },
];

export function Tenants() {
  const { q, status } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList(tenantsQuery({ q, status }));
  const isFiltered = q !== undefined || status !== undefined;
  const change = (view: OperatorView): void => void navigate({ search: (now) => ({ ...now, ...view }), replace: true });
  return (
    <Stack gap="sm">
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label={words.search}
          placeholder={words.searchHint}
          value={q}
          onChange={(entered) => change({ q: entered })}
        />
        <ChoiceFilter
          label={words.status}
          choices={TENANT_STATUSES}
          value={status}
          onChange={(chosen) => change({ status: chosen })}
        />
      </FilterBar>
      <ListTable
        list={list}
        label={operator.tabs.tenants}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/operator/tenants/$tenantId', params: { tenantId: row.id } })}
        rowHeight={56}
        empty={<EmptyState icon={<IconBuilding />} title={words.empty.title} hint={words.empty.hint} />}
      />
    </Stack>
  );
}
