import { Alert, Button, Group, Stack } from '@mantine/core';
import {
  authorizeConnection,
  deleteConnection,
  pauseConnection,
  resumeConnection,
  testConnection,
  type ConnectionResponse,
  type Connector,
} from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { LookFailed } from '../../components/loaded';
import { Page } from '../../components/page';
import { PageSkeleton } from '../../components/page-skeleton';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { answerOf } from '../../lib/api';
import { useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { text } from '../../text';
import { troublesOf } from '../flow/flow-model';
import { SetupSteps } from '../flow/setup-steps';
import { ConnectionSettings } from './connection-settings';
import { connectionQuery, connectorQuery, healthQuery, schemaChangesQuery } from './connections.queries';
import { routesQuery } from '../routes/routes.queries';
import { syncsQuery } from '../syncs/syncs.queries';
import { Health } from './connection-health';
import { Credentials } from './credentials-form';
import { SchemaChanges } from './schema-changes';
import { SignInOutcome } from './sign-in-outcome';
import { UsedBy } from './used-by';

const route = getRouteApi('/shell/connections/$connectionId');
const words = text.connections.detail;

export function ConnectionPage() {
  const { connectionId } = route.useParams();
  const connection = useQuery(connectionQuery(connectionId));
  const { data } = connection;
  const connector = useQuery({ ...connectorQuery(data?.connector ?? ''), enabled: data !== undefined });
  const health = useQuery(healthQuery(connectionId));
  const changes = useList(schemaChangesQuery(connectionId));
  const routes = useList(routesQuery({ connection_id: connectionId }));
  const syncs = useList(syncsQuery({ connection_id: connectionId }));
  const may = useMay();
  if (connection.error !== null && data === undefined)
    return (
      <Page title={text.connections.title}>
        <ProblemAlert error={connection.error} onRetry={() => void connection.refetch()} />
      </Page>
    );
  // What has failed once is not waited for again: it is asked for every few seconds, and each time the forms would be gone.
  const isAwaited =
    [connector, health].some(({ isLoading, isFetched }) => isLoading && !isFetched) ||
    [changes, routes, syncs].some(({ isFirstLook }) => isFirstLook);
  if (data === undefined || isAwaited)
    return (
      <Page title={text.connections.title} description={<Id value={connectionId} />}>
        <PageSkeleton sections={[90, 140, 240]} />
      </Page>
    );
  return (
    <Page
      title={data.name}
      beside={troublesOf({ ...data, breaker: health.data?.breaker.state ?? 'closed' }).map(({ status }) => (
        <StatusBadge key={status} status={status} why={data.status_reason?.replaceAll('_', ' ')} />
      ))}
      description={<Id value={data.id} />}
      actions={may('config:write') ? <Actions connection={data} connector={connector.data} /> : undefined}
    >
      <LookFailed query={connection} />
      <LookFailed query={connector} />
      <SignInOutcome connection={data} />
      {data.status === 'active' && <SetupSteps />}
      {data.auth_advice !== null && (
        <Alert color={data.auth_state === 'connected' ? 'blue' : 'yellow'} variant="light">
          {data.auth_advice}
        </Alert>
      )}
      <Health connection={data} />
      <UsedBy routes={routes} syncs={syncs} />
      {connector.data?.capabilities.describe === true && <SchemaChanges list={changes} />}
      <ConnectionSettings connection={data} connector={connector.data} />
      {may('config:write') && connector.data !== undefined && (
        <Credentials connection={data} connector={connector.data} />
      )}
    </Page>
  );
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
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['connections'] });
      await navigate({ to: '/connections' });
    },
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
