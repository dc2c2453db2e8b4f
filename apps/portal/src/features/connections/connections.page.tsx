import { Button } from '@mantine/core';
import { type Connection } from '@hub/api-client';
import { IconPlug } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { SetupSteps } from '../flow/setup-steps';
import { connectionsQuery, connectorsQuery } from './connections.queries';

const words = text.connections;

const columnsOf = (nameOf: (connector: string) => string): readonly Column<Connection>[] => [
  { id: 'name', title: words.columns.name, width: 'minmax(140px, 2fr)', cell: ({ name }) => name },
  {
    id: 'connector',
    title: words.columns.connector,
    width: 'minmax(90px, 1fr)',
    wideOnly: true,
    cell: ({ connector }) => nameOf(connector),
  },
  { id: 'status', title: words.columns.status, width: '120px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'auth',
    title: words.columns.auth,
    width: '140px',
    wideOnly: true,
    cell: ({ auth_state: state, auth_advice: advice }) => <StatusBadge status={state} why={advice} />,
  },
  {
    id: 'updated',
    title: words.columns.updated,
    width: '110px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => <Time at={row.updated_at} ago size="sm" />,
  },
];

export function ConnectionsPage() {
  const navigate = useNavigate();
  const may = useMay();
  const list = useList(connectionsQuery());
  const { data: connectors } = useQuery(connectorsQuery());
  const columns = useMemo(
    () => columnsOf((connector) => connectors?.data.find(({ id }) => id === connector)?.name ?? connector),
    [connectors],
  );
  const add = may('config:write') ? (
    <Button component={Link} to="/connect">
      {words.add}
    </Button>
  ) : undefined;
  return (
    <Page title={words.title} description={words.description} actions={add}>
      {list.rows.length > 0 && <SetupSteps />}
      <ListTable
        list={list}
        label={words.title}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/connections/$connectionId', params: { connectionId: id } })}
        empty={<EmptyState icon={<IconPlug />} title={words.empty.title} hint={words.empty.hint} action={add} />}
      />
    </Page>
  );
}
