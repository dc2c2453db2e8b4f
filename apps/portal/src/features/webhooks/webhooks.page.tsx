import { Button } from '@mantine/core';
import { type WebhookEndpoint } from '@hub/api-client';
import { IconWebhook } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { webhooks as wording } from '../../text/webhooks.text';
import { stateOf, whyOf } from './endpoint-state';
import { endpointsQuery } from './webhooks.queries';

const words = wording;

const COLUMNS: readonly Column<WebhookEndpoint>[] = [
  {
    id: 'url',
    title: words.columns.url,
    width: 'minmax(140px, 2.4fr)',
    cell: ({ url, description }) => (
      <span title={url}>{description === '' ? url.replace(/^https?:\/\//, '') : description}</span>
    ),
  },
  {
    id: 'types',
    title: words.columns.types,
    width: 'minmax(120px, 1.6fr)',
    wideOnly: true,
    cell: ({ event_types: types }) => typesOf(types),
  },
  {
    id: 'status',
    title: words.columns.status,
    width: '110px',
    cell: (row) => <StatusBadge status={stateOf(row)} why={whyOf(row)} />,
  },
  {
    id: 'success',
    title: words.columns.success,
    width: '120px',
    wideOnly: true,
    cell: (row) => <Time at={row.health.last_success_at} ago size="sm" />,
  },
];

const typesOf = (types: readonly string[]): string => (types.includes('*') ? words.everything : types.join(', '));

export function WebhooksPage() {
  const list = useList(endpointsQuery(), 15_000);
  const navigate = useNavigate();
  const may = useMay();
  const add = may('config:write') ? (
    <Button component={Link} to="/webhooks/new" size="sm">
      {words.add}
    </Button>
  ) : undefined;
  return (
    <Page title={words.title} description={words.description} actions={add}>
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        onOpen={(row) => void navigate({ to: '/webhooks/$endpointId', params: { endpointId: row.id } })}
        empty={<EmptyState icon={<IconWebhook />} title={words.empty.title} hint={words.empty.hint} action={add} />}
      />
    </Page>
  );
}
