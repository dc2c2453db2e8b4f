import { Anchor, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { type ActivityResponse, type FlowResponse } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Sparkline } from '../../components/sparkline';
import { StatusBadge } from '../../components/status-badge';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { connectorsQuery } from '../connections/connections.queries';
import { flowQuery } from '../flow/flow.queries';
import { troublesOf, type FlowConnection } from '../flow/flow-model';
import { ConnectionFacts } from './connection-facts';
import { activityQuery } from './overview.queries';
import classes from './overview.module.css';

const words = text.overview;

/** Those that something is wrong with come first. */
export function Connections() {
  const isAllowed = useMay()('config:read');
  const { data, error, refetch } = useQuery({ ...flowQuery(), enabled: isAllowed });
  const activity = useQuery({ ...activityQuery(), enabled: isAllowed });
  if (!isAllowed || data?.connections.length === 0) return null;
  const isBad = (connection: FlowConnection): boolean => troublesOf(connection).some((trouble) => trouble.isBad);
  const failure = error ?? activity.error;
  return (
    <Section title={words.connections}>
      {failure !== null && (
        <ProblemAlert error={failure} onRetry={() => void Promise.all([refetch(), activity.refetch()])} />
      )}
      <Text size="xs" c="dimmed">
        {words.card.legend}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {data?.connections
          .toSorted((a, b) => Number(isBad(b)) - Number(isBad(a)))
          .map((connection) => (
            <ConnectionCard
              key={connection.id}
              connection={connection}
              flow={data}
              activity={activity.data?.connections.find(({ connection_id: id }) => id === connection.id)}
            />
          ))}
      </SimpleGrid>
    </Section>
  );
}

interface CardProps {
  readonly connection: FlowConnection;
  readonly flow: FlowResponse;
  readonly activity: ActivityResponse['connections'][number] | undefined;
}

function ConnectionCard({ connection, flow, activity }: CardProps) {
  const { data: connectors } = useQuery(connectorsQuery());
  const { id, name, connector } = connection;
  const edges = flow.edges.filter((edge) => edge.connection_id === id);
  const sum = (figure: 'succeeded' | 'waiting' | 'dead'): number =>
    edges.reduce((total, { deliveries }) => total + deliveries[figure], 0);
  const syncs = flow.syncs.filter((sync) => sync.connection_id === id);
  const late = syncs.filter(({ status, freshness }) => status === 'failing' || freshness === 'late').length;
  const picked = syncs.reduce((total, { events }) => total + events, 0);
  const { edge } = text.flow;
  return (
    <Card withBorder radius="md" padding="md">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Anchor component={Link} to={`/connections/${id}`} fw={600} c="inherit" truncate className={classes.link}>
            {name}
          </Anchor>
          <Group gap={6} wrap="nowrap">
            {troublesOf(connection).map(({ status }) => (
              <StatusBadge key={status} status={status} />
            ))}
          </Group>
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {connectors?.data.find((known) => known.id === connector)?.name ?? connector}
        </Text>
        {activity !== undefined && <Spark hours={activity.hours} />}
        <Text size="sm">
          {edges.length === 0
            ? words.noDeliveries
            : [
                edge.delivered(count(sum('succeeded'))),
                edge.waiting(count(sum('waiting'))),
                edge.failed(count(sum('dead'))),
              ].join(' · ')}
        </Text>
        {syncs.length > 0 && (
          <Text size="sm" c={late > 0 ? 'red' : undefined}>
            {late > 0 ? text.flow.late(late) : text.flow.picksUp(syncs.length, count(picked))}
          </Text>
        )}
        {activity !== undefined && (
          <ConnectionFacts
            activity={activity}
            isUsed={{ deliveries: edges.length > 0, syncs: syncs.length > 0 }}
            isSignedIn={connection.auth_state !== 'not_connected'}
          />
        )}
      </Stack>
    </Card>
  );
}

function Spark({ hours }: { readonly hours: ActivityResponse['connections'][number]['hours'] }) {
  const of = (figure: 'delivered' | 'failed' | 'picked_up'): number[] => hours.map((hour) => hour[figure]);
  const sum = (figure: 'delivered' | 'failed' | 'picked_up'): string =>
    count(of(figure).reduce((total, value) => total + value, 0));
  return (
    <Sparkline
      label={words.card.spark(sum('delivered'), sum('failed'), sum('picked_up'))}
      up={of('delivered')}
      down={of('failed')}
      line={of('picked_up')}
    />
  );
}
