import { Alert, Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { updateWebhookEndpoint, type WebhookEndpoint } from '@hub/api-client';
import { IconPlayerPause } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { Loaded, LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { webhooks as wording } from '../../text/webhooks.text';
import { EndpointActions } from './endpoint-actions';
import { EndpointSettings } from './endpoint-settings';
import { stateOf, whyOf } from './endpoint-state';
import { NoticeLog } from './notice-log';
import { endpointQuery, statisticsQuery } from './webhooks.queries';
import { ENDPOINT_TABS } from './webhooks.routes';

const route = getRouteApi('/shell/webhooks/$endpointId');
const words = wording;

export function EndpointPage() {
  const { endpointId } = route.useParams();
  const { tab = 'deliveries' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const query = useQuery(endpointQuery(endpointId));
  const change = (wanted: string | null): void =>
    void navigate({ search: { tab: ENDPOINT_TABS.find((name) => name === wanted) }, replace: true });
  return (
    <LoadedPage title={words.one} query={query} height={300}>
      {(endpoint) => (
        <Page
          title={endpoint.description === '' ? endpoint.url : endpoint.description}
          beside={<StatusBadge status={stateOf(endpoint)} why={whyOf(endpoint)} />}
          description={<Id value={endpoint.id} />}
          actions={may('config:write') ? <EndpointActions endpoint={endpoint} /> : undefined}
        >
          <Notice endpoint={endpoint} mayChange={may('config:write')} />
          <Known endpoint={endpoint} />
          <Statistics id={endpoint.id} />
          {may('config:write') ? (
            <Tabs value={tab} onChange={change} keepMounted={false}>
              <Tabs.List mb="md">
                {ENDPOINT_TABS.map((name) => (
                  <Tabs.Tab key={name} value={name}>
                    {words.tabs[name]}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value="deliveries">
                <NoticeLog id={endpoint.id} />
              </Tabs.Panel>
              <Tabs.Panel value="settings">
                <EndpointSettings endpoint={endpoint} />
              </Tabs.Panel>
            </Tabs>
          ) : (
            <NoticeLog id={endpoint.id} />
          )}
        </Page>
      )}
    </LoadedPage>
  );
}

/** Why nothing arrives any more, and the way back. */
function Notice({ endpoint, mayChange }: { readonly endpoint: WebhookEndpoint; readonly mayChange: boolean }) {
  const client = useQueryClient();
  const enable = useMutation({
    mutationFn: () => answerOf(updateWebhookEndpoint({ path: { id: endpoint.id }, body: { enabled: true } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const { off } = words;
  const { enabled, disabled_reason: reason, health } = endpoint;
  if (enabled && health.failing_since === null) return null;
  if (enabled)
    return (
      <Alert color="yellow" variant="light" title={words.failing}>
        <Text size="sm">{health.last_error?.message}</Text>
        {health.resume_at !== null && (
          <Group gap={6}>
            <Text size="sm">{words.resumes}</Text>
            <Time at={health.resume_at} size="sm" />
          </Group>
        )}
      </Alert>
    );
  return (
    <Alert
      color={endpoint.needs_attention ? 'red' : 'gray'}
      variant="light"
      icon={<IconPlayerPause />}
      title={off[reason ?? 'user']}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{endpoint.needs_attention ? off.hint : off.userHint}</Text>
        {endpoint.disabled_at !== null && (
          <Group gap={6}>
            <Text size="sm">{off.since}</Text>
            <Time at={endpoint.disabled_at} size="sm" />
          </Group>
        )}
        {endpoint.needs_attention && health.last_error !== null && <Text size="sm">{health.last_error.message}</Text>}
        {mayChange && (
          <Button size="sm" loading={enable.isPending} onClick={() => enable.mutate()}>
            {off.enable}
          </Button>
        )}
        {enable.error !== null && <ProblemAlert error={enable.error} />}
      </Stack>
    </Alert>
  );
}

function Known({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { facts } = words;
  const { event_types: types, connection_ids: connections, health } = endpoint;
  return (
    <Facts
      facts={[
        { name: words.columns.url, value: endpoint.url },
        { name: facts.types, value: types.includes('*') ? words.everything : types.join(', ') },
        {
          name: facts.connections,
          value: connections === null ? facts.allConnections : facts.chosenConnections(connections.length),
        },
        { name: facts.headers, value: endpoint.header_names.join(', ') },
        { name: facts.lastSuccess, value: <Time at={health.last_success_at} ago size="sm" /> },
        { name: facts.lastFailure, value: <Time at={health.last_failure_at} ago size="sm" /> },
        {
          name: facts.previousUntil,
          value: endpoint.previous_secret_until && <Time at={endpoint.previous_secret_until} size="sm" />,
        },
        { name: facts.created, value: <Time at={endpoint.created_at} size="sm" /> },
      ]}
    />
  );
}

function Statistics({ id }: { readonly id: string }) {
  const { statistics } = words;
  const time = (ms: number | null): string | null => (ms === null ? null : duration(ms));
  return (
    <Section title={statistics.title}>
      <Loaded query={useQuery(statisticsQuery(id))} height={72}>
        {({ notices, attempts }) => (
          <Facts
            facts={[
              { name: statistics.total, value: count(notices.total) },
              { name: statistics.succeeded, value: count(notices.succeeded) },
              { name: statistics.open, value: count(notices.open) },
              { name: statistics.dead, value: count(notices.dead) },
              {
                name: statistics.failedAttempts,
                value: statistics.ofAttempts(count(attempts.failed), count(attempts.total)),
              },
              { name: statistics.median, value: time(attempts.median_ms) },
              { name: statistics.p95, value: time(attempts.p95_ms) },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}
