import { Badge } from '@mantine/core';
import { type FlowResponse } from '@hub/api-client';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { DataTable, type Column } from '../../components/data-table';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { text } from '../../text';
import { stateOf, type FlowState, type RouteEdge } from './flow-model';

const words = text.flow;
const COLORS: Readonly<Record<FlowState, string>> = { flowing: 'teal', quiet: 'gray', failing: 'red', off: 'gray' };

function columnsOf(nameOf: (id: string) => string): readonly Column<RouteEdge>[] {
  const { columns } = words;
  const fromOf = (edge: RouteEdge): string =>
    edge.source_connection_id === null ? (edge.source ?? words.posted) : nameOf(edge.source_connection_id);
  return [
    {
      id: 'state',
      title: columns.state,
      width: '88px',
      cell: ({ enabled, deliveries }) => {
        const state = stateOf(enabled, deliveries);
        return (
          <Badge color={COLORS[state]} variant="light" radius="sm" tt="none">
            {words.states[state]}
          </Badge>
        );
      },
    },
    {
      id: 'from',
      title: columns.from,
      width: 'minmax(56px, 1fr)',
      cell: (row) => <span title={fromOf(row)}>{fromOf(row)}</span>,
    },
    {
      id: 'to',
      title: columns.to,
      width: 'minmax(56px, 1fr)',
      cell: (row) => <span title={nameOf(row.connection_id)}>{nameOf(row.connection_id)}</span>,
    },
    {
      id: 'route',
      title: columns.route,
      width: 'minmax(120px, 1.6fr)',
      wideOnly: true,
      cell: (row) => <span title={row.route_name}>{row.route_name}</span>,
    },
    {
      id: 'delivered',
      title: columns.delivered,
      width: '90px',
      wideOnly: true,
      alignEnd: true,
      cell: ({ deliveries }) => count(deliveries.succeeded),
    },
    {
      id: 'waiting',
      title: columns.waiting,
      width: '80px',
      wideOnly: true,
      alignEnd: true,
      cell: ({ deliveries }) => count(deliveries.waiting),
    },
    {
      id: 'failed',
      title: columns.failed,
      width: '60px',
      alignEnd: true,
      cell: ({ deliveries }) => count(deliveries.dead),
    },
    {
      id: 'last',
      title: columns.last,
      width: '105px',
      wideOnly: true,
      alignEnd: true,
      cell: (row) => <Time at={row.last_at} ago size="sm" />,
    },
  ];
}

const RANKS: readonly FlowState[] = ['failing', 'flowing', 'quiet', 'off'];
const rank = ({ enabled, deliveries }: RouteEdge): number => RANKS.indexOf(stateOf(enabled, deliveries));

/** The same for whoever reads rather than looks: every route, with its figures. */
export function FlowTable({ flow: { connections, edges } }: { readonly flow: FlowResponse }) {
  const navigate = useNavigate();
  const rows = useMemo(() => edges.toSorted((a, b) => rank(a) - rank(b)), [edges]);
  const names = new Map(connections.map(({ id, name }) => [id, name]));
  const open = ({ route_id, deliveries }: RouteEdge): void =>
    void navigate({
      to: '/deliveries',
      search: deliveries.dead > 0 ? { route_id, status: 'dead' as const } : { route_id },
    });
  return (
    <DataTable
      label={words.table}
      rows={rows}
      columns={columnsOf((id) => names.get(id) ?? id)}
      rowKey={(row) => `${row.route_id} ${row.source_connection_id ?? ''} ${row.source ?? ''}`}
      onOpen={open}
      height={360}
      empty={null}
    />
  );
}
