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
import { troublesOf } from '../flow/flow-model';
import { flowQuery } from '../flow/flow.queries';
import { SetupSteps } from '../flow/setup-steps';
import { connectionsQuery, connectorsQuery } from './connections.queries';
import { SignIn } from './sign-in';

const words = text.connections;

interface Told {
  readonly nameOf: (connector: string) => string;
  /** Null until it is known. */
  readonly stateOf: (connection: Connection) => string | null;
}

const columnsOf = ({ nameOf, stateOf }: Told): readonly Column<Connection>[] => [
  { id: 'name', title: words.columns.name, width: 'minmax(140px, 2fr)', cell: ({ name }) => name },
  {
    id: 'connector',
    title: words.columns.connector,
    width: 'minmax(90px, 1fr)',
    wideOnly: true,
    cell: ({ connector }) => nameOf(connector),
  },
  {
    id: 'status',
    title: words.columns.status,
    width: '120px',
    cell: (row) => {
      const state = stateOf(row);
      return state === null ? null : <StatusBadge status={state} />;
    },
  },
  {
    id: 'auth',
    title: words.columns.auth,
    width: '140px',
    wideOnly: true,
    cell: (row) => <SignIn connection={row} />,
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
  const { data: flow, isFetched } = useQuery(flowQuery());
  const columns = useMemo(
    () =>
      columnsOf({
        nameOf: (connector) => connectors?.data.find(({ id }) => id === connector)?.name ?? connector,
        stateOf: (row) => {
          const known = flow?.connections.find(({ id }) => id === row.id);
          return !isFetched ? null : (troublesOf({ breaker: 'closed', ...known, ...row })[0]?.status ?? row.status);
        },
      }),
    [connectors, flow, isFetched],
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
