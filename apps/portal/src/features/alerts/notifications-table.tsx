import { Anchor } from '@mantine/core';
import { type AlertNotification } from '@hub/api-client';
import { Link } from '@tanstack/react-router';
import { type ReactNode } from 'react';
import { DataTable, type Column } from '../../components/data-table';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { alerts as wording } from '../../text/alerts.text';

const words = wording.notifications;

const COLUMNS: readonly Column<AlertNotification>[] = [
  {
    id: 'time',
    title: words.columns.time,
    width: '90px',
    cell: (row) => <Time at={row.created_at} ago size="sm" />,
  },
  {
    id: 'kind',
    title: words.columns.kind,
    width: 'minmax(80px, 1fr)',
    cell: (row) => <Kind row={row} />,
  },
  {
    id: 'status',
    title: words.columns.status,
    width: '104px',
    cell: (row) => <StatusBadge status={row.status} why={row.error?.message} />,
  },
  {
    id: 'answer',
    title: words.columns.answer,
    width: 'minmax(100px, 2fr)',
    wideOnly: true,
    cell: (row) => row.error?.message ?? row.http_status ?? '',
  },
  {
    id: 'tries',
    title: words.columns.tries,
    width: '60px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => row.attempts,
  },
];

const CHANNEL: Column<AlertNotification> = {
  id: 'channel',
  title: words.columns.channel,
  width: 'minmax(100px, 1fr)',
  wideOnly: true,
  cell: (row) => row.channel.name,
};

/** Of what was told, and with how many other notices: a channel that people read is not told of one outage fifty times. */
function Kind({ row: { kind, alert_id: alertId, grouped_with: others } }: { readonly row: AlertNotification }) {
  const grouped = others === 0 ? null : words.groupedWith(count(others));
  return (
    <>
      <div>
        {alertId === null ? (
          words.kinds[kind]
        ) : (
          <Anchor component={Link} to={`/alerts/${alertId}`} size="sm">
            {words.kinds[kind]}
          </Anchor>
        )}
      </div>
      {grouped !== null && <small title={grouped}>{grouped}</small>}
    </>
  );
}

export interface NotificationsTableProps {
  readonly rows: readonly AlertNotification[];
  readonly empty: ReactNode;
  /** Where the rows are of several channels. */
  readonly withChannel?: boolean;
  readonly isLoading?: boolean;
  readonly hasMore?: boolean;
  readonly onMore?: () => void;
}

/** Messages about alerts, and what became of them. */
export function NotificationsTable({ withChannel = false, ...rest }: NotificationsTableProps) {
  const [time, kind, ...others] = COLUMNS as [Column<AlertNotification>, Column<AlertNotification>];
  const columns = withChannel ? [time, kind, CHANNEL, ...others] : COLUMNS;
  return (
    <DataTable
      label={wording.channels.log}
      columns={columns}
      rowKey={(row) => row.id}
      rowHeight={56}
      height={420}
      {...rest}
    />
  );
}
