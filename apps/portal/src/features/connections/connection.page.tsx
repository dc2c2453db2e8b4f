import { Alert, Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import {
  authorizeConnection,
  deleteConnection,
  pauseConnection,
  resumeConnection,
  testConnection,
  type ConnectionHealth,
  type ConnectionResponse,
  type Connector,
} from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { Page } from '../../components/page';
import { PageSkeleton } from '../../components/page-skeleton';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count, percent } from '../../lib/number';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { text } from '../../text';
import { SetupSteps } from '../flow/setup-steps';
import { ConnectionSettings } from './connection-settings';
import { connectionQuery, connectorQuery, healthQuery, schemaChangesQuery } from './connections.queries';
import { Credentials } from './credentials-form';
import { SchemaChanges } from './schema-changes';
import { SignInOutcome } from './sign-in-outcome';

const route = getRouteApi('/shell/connections/$connectionId');
const words = text.connections.detail;

export function ConnectionPage() {
  const { connectionId } = route.useParams();
  const connection = useQuery(connectionQuery(connectionId));
  const { data } = connection;
  const connector = useQuery({ ...connectorQuery(data?.connector ?? ''), enabled: data !== undefined });
  const health = useQuery(healthQuery(connectionId));
  const changes = useList(schemaChangesQuery(connectionId));
  const may = useMay();
  if (connection.error !== null)
    return (
      <Page title={text.connections.title}>
        <ProblemAlert error={connection.error} onRetry={() => void connection.refetch()} />
      </Page>
    );
  const isFirstLook = changes.isLoading && changes.rows.length === 0;
  if (data === undefined || connector.isPending || health.isPending || isFirstLook)
    return (
      <Page title={text.connections.title} description={<Id value={connectionId} />}>
        <PageSkeleton sections={[90, 140, 240]} />
      </Page>
    );
  return (
    <Page
      title={data.name}
      beside={<StatusBadge status={data.status} why={data.status_reason?.replaceAll('_', ' ')} />}
      description={<Id value={data.id} />}
      actions={may('config:write') ? <Actions connection={data} connector={connector.data} /> : undefined}
    >
      <SignInOutcome connection={data} />
      {data.status === 'active' && <SetupSteps />}
      {data.auth_advice !== null && (
        <Alert color={data.auth_state === 'connected' ? 'blue' : 'yellow'} variant="light">
          {data.auth_advice}
        </Alert>
      )}
      <Health connection={data} />
      {connector.data?.capabilities.describe === true && <SchemaChanges list={changes} />}
      <ConnectionSettings connection={data} connector={connector.data} />
      {may('config:write') && connector.data !== undefined && (
        <Credentials connection={data} connector={connector.data} />
      )}
    </Page>
  );
}

function Health({ connection }: { readonly connection: ConnectionResponse }) {
  const { data, error, refetch } = useQuery(healthQuery(connection.id));
  const { facts } = words;
  return (
    <Section
      title={words.health}
      actions={
        <Anchor component={Link} to={`/deliveries?connection_id=${connection.id}`} size="sm">
          {words.deliveries}
        </Anchor>
      }
    >
      {error !== null && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <Facts
          facts={[
            {
              name: facts.breaker,
              value: <StatusBadge status={data.breaker.state === 'open' ? 'open' : data.breaker.state} />,
            },
            { name: facts.auth, value: <StatusBadge status={data.auth_state} /> },
            { name: facts.account, value: connection.account?.name ?? null },
            {
              name: facts.resume,
              value: data.resume_at === null ? null : <Time at={data.resume_at} ago ahead size="sm" />,
            },
            { name: facts.recentCalls, value: failedOf(data.recent_calls) },
            { name: facts.lastSuccess, value: <Time at={data.last_success_at} ago size="sm" /> },
            { name: facts.lastFailure, value: <Time at={data.last_failure_at} ago size="sm" /> },
            { name: facts.created, value: <Time at={connection.created_at} size="sm" /> },
            ...data.limits.map((limit) => ({
              name: `${words.budget}: ${limit.limit.replaceAll('_', ' ')}`,
              value: (
                <Stack gap={4}>
                  <Text size="sm">
                    {count(limit.left)} / {count(limit.max)}
                  </Text>
                  <Progress value={limit.max === 0 ? 0 : (limit.left / limit.max) * 100} aria-label={limit.limit} />
                </Stack>
              ),
            })),
          ]}
        />
      )}
      {data?.last_error != null && <JsonView label={words.lastError} value={data.last_error} maxHeight={200} />}
    </Section>
  );
}

/** `null` where nothing was called. */
function failedOf({ calls, failed, error_rate: rate }: ConnectionHealth['recent_calls']): string | null {
  return rate === null ? null : `${count(failed)} / ${count(calls)} (${percent(rate)})`;
}

interface ActionsProps {
  readonly connection: ConnectionResponse;
  readonly connector: Connector | undefined;
}

function Actions({ connection, connector }: ActionsProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = { id: connection.id };
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['connection', connection.id] });
  const authorize = useMutation({
    mutationFn: () =>
      answerOf(authorizeConnection({ path, body: { return_url: window.location.origin + window.location.pathname } })),
    // To the vendor's own page, and back here from there.
    onSuccess: ({ authorize_url: url }) => window.location.assign(url),
  });
  const test = useMutation({ mutationFn: () => answerOf(testConnection({ path })), onSettled: changed });
  const isPaused = connection.status === 'paused';
  const pause = useMutation({
    mutationFn: () => answerOf(isPaused ? resumeConnection({ path }) : pauseConnection({ path })),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(deleteConnection({ path })),
    onSuccess: () => navigate({ to: '/connections' }),
  });
  const failure = authorize.error ?? test.error ?? pause.error ?? remove.error;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {connector?.sign_in != null && (
          <Button size="sm" loading={authorize.isPending} onClick={() => authorize.mutate()}>
            {connection.account === null ? words.signIn(connector.name) : words.signInAgain}
          </Button>
        )}
        <Button size="sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {words.test}
        </Button>
        <Button size="sm" variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
          {isPaused ? words.resume : words.pause}
        </Button>
        <ConfirmButton
          label={words.remove}
          title={words.confirmRemove.title}
          body={words.confirmRemove.body}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Group>
      {failure !== null && <ProblemAlert error={failure} />}
      {test.data !== undefined && (
        <Alert color={test.data.ok ? 'teal' : 'red'} variant="light" role="status">
          {test.data.ok
            ? `${words.testOk} ${test.data.account ?? ''} (${duration(test.data.duration_ms)})`
            : test.data.error?.message}
        </Alert>
      )}
    </Stack>
  );
}
