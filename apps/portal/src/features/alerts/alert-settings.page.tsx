import { Button, Tabs } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type AlertChannel } from '@hub/api-client';
import { type Column } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { ListTable } from '../../components/list-table';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { alerts as wording } from '../../text/alerts.text';
import { AlertRules } from './alert-rules';
import { channelsQuery } from './channels.queries';
import { SETTINGS_TABS } from './alerts.routes';

const route = getRouteApi('/shell/alerts/settings');
const { settings: words, channels } = wording;

export function AlertSettingsPage() {
  const { tab = 'rules' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const add = may('config:write') ? <AddChannel /> : undefined;
  const change = (wanted: string | null): void =>
    void navigate({ search: { tab: SETTINGS_TABS.find((name) => name === wanted) }, replace: true });
  return (
    <Page title={words.title} description={words.description} actions={tab === 'channels' ? add : undefined}>
      <Tabs value={tab} onChange={change} keepMounted={false}>
        <Tabs.List mb="md">
          {SETTINGS_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="rules">
          <AlertRules />
        </Tabs.Panel>
        <Tabs.Panel value="channels">
          <Channels />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function AddChannel() {
  return (
    <Button component={Link} to="/alerts/channels/new" size="sm">
      {channels.add}
    </Button>
  );
}

const COLUMNS: readonly Column<AlertChannel>[] = [
  { id: 'name', title: channels.columns.name, width: 'minmax(90px, 1.4fr)', cell: ({ name }) => name },
  { id: 'kind', title: channels.columns.kind, width: '84px', cell: ({ kind }) => channels.kinds[kind] ?? kind },
  {
    id: 'where',
    title: channels.columns.where,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: ({ recipients, host }) => (recipients.length > 0 ? recipients.join(', ') : host),
  },
  {
    id: 'status',
    title: channels.columns.status,
    width: '100px',
    cell: (row) => <StatusBadge status={stateOf(row)} why={row.last_error?.message} />,
  },
  {
    id: 'sent',
    title: channels.columns.sent,
    width: '120px',
    wideOnly: true,
    cell: (row) => <Time at={row.last_sent_at} ago size="sm" />,
  },
];

const stateOf = ({ enabled, last_error: error }: AlertChannel): string =>
  !enabled ? 'disabled' : error === null ? 'enabled' : 'failing';

function Channels() {
  const list = useList(channelsQuery());
  const may = useMay();
  const navigate = route.useNavigate();
  return (
    <ListTable
      list={list}
      label={words.tabs.channels}
      columns={COLUMNS}
      rowKey={(row) => row.id}
      onOpen={(row) => void navigate({ to: '/alerts/channels/$channelId', params: { channelId: row.id }, search: {} })}
      empty={
        <EmptyState
          icon={<IconSend />}
          title={channels.empty.title}
          hint={channels.empty.hint}
          action={may('config:write') ? <AddChannel /> : undefined}
        />
      }
    />
  );
}
