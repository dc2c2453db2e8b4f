import { Stack } from '@mantine/core';
import { type WebhookDelivery } from '@hub/api-client';
import { IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, TimeFilter } from '../../components/filter-bar';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { webhooks as wording } from '../../text/webhooks.text';
import { Notice } from './notice';
import { deliveriesQuery, eventTypesQuery } from './webhooks.queries';
import { NOTICE_STATUSES, type EndpointView } from './webhooks.routes';

const route = getRouteApi('/shell/webhooks/$endpointId');
const words = wording.log;

const COLUMNS: readonly Column<WebhookDelivery>[] = [
  {
    id: 'time',
    title: words.columns.time,
    width: '90px',
    cell: (row) => <Time at={row.created_at} ago size="sm" />,
  },
  { id: 'type', title: words.columns.type, width: 'minmax(80px, 1.4fr)', cell: (row) => row.event_type },
  {
    id: 'status',
    title: words.columns.status,
    width: '104px',
    cell: (row) => <StatusBadge status={row.status} why={row.reason?.replaceAll('_', ' ')} />,
  },
  {
    id: 'answer',
    title: words.columns.answer,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: ({ last_attempt: last }) =>
      last === null
        ? ''
        : [last.http_status ?? words.noAnswer, last.message].filter((part) => part !== null).join(' · '),
  },
  {
    id: 'tries',
    title: words.columns.tries,
    width: '60px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => row.attempts,
  },
  {
    id: 'next',
    title: words.columns.next,
    width: '110px',
    wideOnly: true,
    cell: (row) => row.next_attempt_at !== null && <Time at={row.next_attempt_at} ago ahead size="sm" />,
  },
];

/** What was sent to the endpoint, newest first. */
export function NoticeLog({ id }: { readonly id: string }) {
  const { status, event_type, from, to, delivery } = route.useSearch();
  const navigate = route.useNavigate();
  const filters = { status, event_type, from, to };
  const list = useList(deliveriesQuery(id, filters), 5_000);
  const types = useQuery(eventTypesQuery());
  const change = (wanted: EndpointView): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  return (
    <Stack gap="sm">
      <FilterBar
        isFiltered={Object.values(filters).some((value) => value !== undefined)}
        onClear={() => void navigate({ search: {}, replace: true })}
      >
        <ChoiceFilter
          label={words.filters.status}
          choices={NOTICE_STATUSES}
          value={status}
          onChange={(chosen) => change({ status: chosen })}
        />
        <ChoiceFilter
          label={words.filters.type}
          choices={types.data?.data.map(({ type }) => type) ?? []}
          value={event_type}
          onChange={(chosen) => change({ event_type: chosen })}
        />
        <TimeFilter label={words.filters.from} value={from} onChange={(at) => change({ from: at })} />
        <TimeFilter label={words.filters.to} value={to} onChange={(at) => change({ to: at })} />
      </FilterBar>
      <ListTable
        list={list}
        label={wording.tabs.deliveries}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        onOpen={(row) => change({ delivery: row.id })}
        height={480}
        empty={<EmptyState icon={<IconWebhook />} title={words.empty.title} hint={words.empty.hint} />}
      />
      <Dialog
        opened={delivery !== undefined}
        onClose={() => change({ delivery: undefined })}
        title={wording.delivery.title}
        size="xl"
      >
        {delivery !== undefined && <Notice endpointId={id} deliveryId={delivery} />}
      </Dialog>
    </Stack>
  );
}
