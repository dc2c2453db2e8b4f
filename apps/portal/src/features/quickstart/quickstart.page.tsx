import { Alert, Anchor, Button, Card, Code, Group, List, Loader, Stack, Tabs, Text } from '@mantine/core';
import { createApiKey, listEvents, sendEvent, type EventSummary } from '@hub/api-client';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-button';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { localTime } from '../../lib/time';
import { quickstart as words } from '../../text/quickstart.text';
import { firstEvent, LANGUAGES, snippetOf, type FirstEvent } from './snippets';

const route = getRouteApi('/shell/quickstart');
const LOOK_EVERY_MS = 1_000;
const MOST_SHOWN = 5;

/** A developer's first five minutes: a key, an event, and seeing it arrive. */
export function QuickstartPage() {
  const [key, setKey] = useState<string | null>(null);
  const [event] = useState(() => firstEvent(crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? '0'));
  const may = useMay();
  return (
    <Page title={words.title} description={words.description}>
      <Stack gap="xl" maw={820}>
        <Section title={words.key.title}>
          {may('keys:write') ? (
            <CreateKey shown={key} onCreated={setKey} />
          ) : (
            <Alert variant="light">{words.key.mayNot}</Alert>
          )}
        </Section>
        <Section title={words.send.title}>
          <Snippets apiKey={key ?? words.key.placeholder} event={event} />
        </Section>
        <Section title={words.arrival.title}>
          <Arrivals />
        </Section>
        <Next />
      </Stack>
    </Page>
  );
}

interface CreateKeyProps {
  readonly shown: string | null;
  readonly onCreated: (key: string | null) => void;
}

function CreateKey({ shown, onCreated }: CreateKeyProps) {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        createApiKey({
          body: {
            name: words.key.name(localTime(new Date())),
            environment: 'test',
            scopes: ['events:write', 'events:read'],
          },
        }),
      ),
    onSuccess: async ({ key }) => {
      onCreated(key);
      await client.invalidateQueries({ queryKey: ['api-keys'] });
    },
  });
  if (shown !== null)
    return <SecretOnce title={create.data?.name ?? ''} hint={words.key.shown} value={shown} asks={false} />;
  return (
    <>
      <Text size="sm">{words.key.hint}</Text>
      {create.error !== null && <ProblemAlert error={create.error} />}
      <Group gap="sm">
        <Button loading={create.isPending} onClick={() => create.mutate()}>
          {words.key.create}
        </Button>
        <Anchor component={Link} to="/api-keys" size="sm">
          {words.key.another}
        </Anchor>
      </Group>
    </>
  );
}

interface SnippetsProps {
  readonly apiKey: string;
  readonly event: FirstEvent;
}

function Snippets({ apiKey, event }: SnippetsProps) {
  const { language = 'curl' } = route.useSearch();
  const navigate = route.useNavigate();
  const may = useMay();
  const send = useMutation({ mutationFn: () => answerOf(sendEvent({ body: { ...event } })) });
  const { languages, runWith } = words.send;
  return (
    <>
      <Text size="sm">{words.send.hint}</Text>
      <Tabs
        value={language}
        keepMounted={false}
        onChange={(wanted) =>
          void navigate({ search: { language: LANGUAGES.find((name) => name === wanted) }, replace: true })
        }
      >
        <Tabs.List>
          {LANGUAGES.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {languages[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {LANGUAGES.map((name) => {
          const lines = snippetOf(name, window.location.origin, apiKey, event);
          return (
            <Tabs.Panel key={name} value={name} pt="xs">
              <Group justify="space-between" wrap="nowrap" gap="xs">
                <Text size="sm" c="dimmed">
                  {runWith[name]}
                </Text>
                <CopyButton value={lines} label={words.send.copy} />
              </Group>
              <Code
                block
                tabIndex={0}
                role="region"
                aria-label={words.send.snippet(languages[name])}
                style={{ overflowX: 'auto' }}
              >
                {lines}
              </Code>
            </Tabs.Panel>
          );
        })}
      </Tabs>
      {may('events:write') && (
        <Group gap="sm">
          <Button variant="default" size="sm" loading={send.isPending} onClick={() => send.mutate()}>
            {words.send.fromHere}
          </Button>
          {send.isSuccess && (
            <Text size="sm" role="status">
              {words.send.sent}
            </Text>
          )}
        </Group>
      )}
      {send.error !== null && <ProblemAlert error={send.error} />}
    </>
  );
}

/** What has come since the page was opened, by the order of the hub's own ids: no two clocks are compared. */
function Arrivals() {
  const [opened] = useState(() => Date.now());
  const newest = async (): Promise<readonly EventSummary[]> =>
    (await answerOf(listEvents({ query: { limit: MOST_SHOWN } }))).data;
  const before = useQuery({
    queryKey: ['quickstart', opened, 'before'],
    queryFn: async () => (await newest())[0]?.tracking_id ?? '',
    staleTime: Infinity,
  });
  const { data, error } = useQuery({
    queryKey: ['quickstart', opened, 'since'],
    queryFn: newest,
    enabled: before.data !== undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  const failure = before.error ?? error;
  const arrived = data?.filter(({ tracking_id: id }) => id > (before.data ?? '')) ?? [];
  return (
    <div aria-live="polite">
      {failure !== null && <ProblemAlert error={failure} onRetry={() => void before.refetch()} />}
      {arrived.length === 0 ? (
        <Card withBorder radius="md" mih={96}>
          <Group gap="sm" wrap="nowrap">
            <Loader size="sm" aria-hidden />
            <div>
              <Text fw={600}>{words.arrival.waiting}</Text>
              <Text size="sm" c="dimmed">
                {words.arrival.waitingHint}
              </Text>
            </div>
          </Group>
        </Card>
      ) : (
        <Stack gap="sm">
          {arrived.map((event) => (
            <Arrived key={event.tracking_id} event={event} />
          ))}
        </Stack>
      )}
    </div>
  );
}

function Arrived({ event }: { readonly event: EventSummary }) {
  const may = useMay();
  return (
    <Alert color="teal" variant="light" icon={<IconCircleCheck />} title={words.arrival.arrived}>
      <Stack gap="xs" align="flex-start">
        <Group gap="xs">
          <StatusBadge status={event.status} />
          <Text size="sm">{event.type}</Text>
          <Code style={{ overflowWrap: 'anywhere' }}>{event.event_id}</Code>
          <Time at={event.received_at} ago size="sm" />
        </Group>
        {event.status === 'unrouted' && <Text size="sm">{words.arrival.unrouted}</Text>}
        <Group gap="md">
          <Anchor component={Link} to={`/events/${event.tracking_id}`} size="sm">
            {words.arrival.open}
          </Anchor>
          {event.status === 'unrouted' && may('config:write') && (
            <Anchor component={Link} to="/connections" size="sm">
              {words.arrival.connect}
            </Anchor>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

function Next() {
  const may = useMay();
  const { next } = words;
  return (
    <Section title={next.title}>
      <List size="sm" spacing={6}>
        <List.Item>
          <Anchor href="/docs" target="_blank" rel="noreferrer">
            {next.docs}
          </Anchor>
        </List.Item>
        <List.Item>
          <Anchor href="/openapi.json" target="_blank" rel="noreferrer">
            {next.openapi}
          </Anchor>
        </List.Item>
        {may('config:read') && (
          <List.Item>
            <Anchor component={Link} to="/webhooks">
              {next.webhooks}
            </Anchor>
          </List.Item>
        )}
        {may('keys:write') && (
          <List.Item>
            <Anchor component={Link} to="/api-keys">
              {next.keys}
            </Anchor>
          </List.Item>
        )}
      </List>
    </Section>
  );
}
