import { Text } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { shortened } from '../../components/copy-button';
import { DataTable, type Column, type DataTableProps } from '../../components/data-table';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { shownStatus } from './deliveries.queries';

const words = deliveriesText;

const COLUMNS: readonly Column<Delivery>[] = [
  {
    id: 'status',
    title: words.columns.status,
    width: '104px',
    cell: (row) => <StatusBadge status={shownStatus(row)} why={row.reason?.replaceAll('_', ' ')} />,
  },
  {
    id: 'event',
    title: words.columns.event,
    width: 'minmax(80px, 1.2fr)',
    cell: ({ event_type: type }) => type,
  },
  {
    id: 'eventId',
    title: words.columns.eventId,
    width: 'minmax(90px, 1.2fr)',
    wideOnly: true,
    cell: ({ event_id: id }) => (
      <Text size="xs" ff="monospace" truncate title={id}>
        {id}
      </Text>
    ),
  },
  {
    id: 'to',
    title: words.columns.connection,
    width: 'minmax(100px, 1fr)',
    wideOnly: true,
    cell: (row) => row.connection_name,
  },
  {
    id: 'operation',
    title: words.columns.operation,
    width: 'minmax(100px, 1fr)',
    wideOnly: true,
    cell: (row) => row.operation,
  },
  {
    id: 'error',
    title: words.columns.error,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: ({ last_error: error }) =>
      error === null ? null : (
        <Text size="sm" c="dimmed" truncate title={error.message}>
          {error.message}
        </Text>
      ),
  },
  {
    id: 'attempts',
    title: words.columns.attempts,
    width: '80px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => row.attempts,
  },
  {
    id: 'created',
    title: words.columns.created,
    width: '90px',
    alignEnd: true,
    cell: ({ created_at: at }) => <Time at={at} ago size="sm" />,
  },
];

export interface DeliveriesTableProps extends Pick<
  DataTableProps<Delivery>,
  'rows' | 'isLoading' | 'hasMore' | 'onMore' | 'search' | 'height' | 'onReading' | 'topAgain'
> {
  readonly empty?: ReactNode;
}

export function DeliveriesTable({ rows, empty, ...rest }: DeliveriesTableProps) {
  const navigate = useNavigate();
  return (
    <DataTable
      label={words.title}
      rows={rows}
      columns={COLUMNS}
      below={(row) => words.towards(shortened(row.event_id), row.connection_name)}
      rowKey={(row) => row.id}
      onOpen={({ id }) => void navigate({ to: '/deliveries/$deliveryId', params: { deliveryId: id } })}
      empty={empty ?? null}
      {...rest}
    />
  );
}
