import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import {
  deleteAlertChannel,
  listAlertNotifications,
  testAlertChannel,
  updateAlertChannel,
  type AlertChannel,
  type AlertNotification,
} from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { KeptForm } from '../../components/kept-form';
import { Listed } from '../../components/list-table';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { alerts as wording } from '../../text/alerts.text';
import { channelQuery } from './alerts.queries';
import { bodyOf, CHANNEL_KINDS, ChannelForm, type ChannelValues } from './channel-form';
import { NotificationsTable } from './notifications-table';

const route = getRouteApi('/shell/alerts/channels/$channelId');
const words = wording.channels;

export function ChannelPage() {
  const { channelId } = route.useParams();
  const query = useQuery(channelQuery(channelId));
  const may = useMay();
  return (
    <LoadedPage title={words.title} query={query}>
      {(channel) => (
        <Page
          title={channel.name}
          beside={<StatusBadge status={channel.enabled ? 'enabled' : 'disabled'} />}
          description={<Id value={channel.id} />}
          actions={may('config:write') ? <Actions channel={channel} /> : undefined}
        >
          <Known channel={channel} />
          {may('config:write') && (
            <Section title={words.edit}>
              <KeptForm value={channel}>{(begun) => <Edit channel={begun} />}</KeptForm>
            </Section>
          )}
          <Section title={words.log}>
            <Log id={channel.id} />
          </Section>
        </Page>
      )}
    </LoadedPage>
  );
}

function Known({ channel }: { readonly channel: AlertChannel }) {
  const { facts, kinds } = words;
  return (
    <>
      {channel.last_error !== null && (
        <Alert color="red" variant="light" title={words.lastError}>
          {channel.last_error.message}
        </Alert>
      )}
      <Facts
        facts={[
          { name: facts.kind, value: kinds[channel.kind] ?? channel.kind },
          { name: facts.recipients, value: channel.recipients.join(', ') },
          { name: facts.host, value: channel.host },
          { name: facts.leastSeverity, value: wording.severities[channel.least_severity] },
          { name: facts.lastSent, value: <Time at={channel.last_sent_at} ago size="sm" /> },
          { name: facts.lastFailure, value: <Time at={channel.last_failure_at} ago size="sm" /> },
          { name: facts.created, value: <Time at={channel.created_at} size="sm" /> },
        ]}
      />
    </>
  );
}

function Actions({ channel }: { readonly channel: AlertChannel }) {
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const path = { id: channel.id };
  const test = useMutation({
    mutationFn: () => answerOf(testAlertChannel({ path })),
    onSettled: () => client.invalidateQueries({ queryKey: ['alert-channels'] }),
  });
  const remove = useMutation({
    mutationFn: () => answerOf(deleteAlertChannel({ path })),
    onSuccess: async () => {
      await navigate({ to: '/alerts/settings', search: { tab: 'channels' } });
      client.removeQueries({ queryKey: ['alert-channels', channel.id] });
      await client.invalidateQueries({ queryKey: ['alert-channels'], exact: true });
    },
  });
  const failure = test.error ?? remove.error;
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        <Button size="sm" loading={test.isPending} onClick={() => test.mutate()}>
          {words.test}
        </Button>
        <ConfirmButton
          label={words.remove}
          title={words.confirmRemove.title(channel.name)}
          body={words.confirmRemove.body}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Group>
      {failure !== null && <ProblemAlert error={failure} />}
      {test.data !== undefined && (
        <Alert color={test.data.sent ? 'teal' : 'red'} variant="light" role="status">
          {test.data.sent ? words.testOk : words.testFailed} {test.data.error?.message}
        </Alert>
      )}
    </Stack>
  );
}

function Edit({ channel }: { readonly channel: AlertChannel }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (value: ChannelValues) =>
      answerOf(updateAlertChannel({ path: { id: channel.id }, body: bodyOf(value) })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alert-channels'] }),
  });
  const initial: ChannelValues = {
    name: channel.name,
    kind: CHANNEL_KINDS.find((kind) => kind === channel.kind) ?? 'webhook',
    recipients: channel.recipients.join('\n'),
    url: '',
    routing_key: '',
    secret: '',
    least_severity: channel.least_severity,
    enabled: channel.enabled,
  };
  return (
    <ChannelForm
      initial={initial}
      isNew={false}
      isPending={save.isPending}
      error={save.error}
      onSubmit={(value) => save.mutate(value)}
    />
  );
}

function Log({ id }: { readonly id: string }) {
  const log = useList(
    listQuery<AlertNotification>(['alert-channels', id, 'notifications'], (cursor) =>
      answerOf(listAlertNotifications({ path: { id }, query: { limit: 50, cursor } })),
    ),
    10_000,
  );
  return (
    <Listed list={log}>
      <NotificationsTable
        rows={log.rows}
        isLoading={log.isLoading}
        hasMore={log.hasMore}
        onMore={log.moreByItself}
        empty={<Text c="dimmed">{wording.notifications.empty}</Text>}
      />
    </Listed>
  );
}
