import { Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { type FlowResponse } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { connectorsQuery } from '../connections/connections.queries';
import { flowQuery } from '../flow/flow.queries';
import { troublesOf, type FlowConnection } from '../flow/flow-model';

const words = text.overview;

/** Those that something is wrong with come first. */
export function Connections() {
  const isAllowed = useMay()('config:read');
  const { data, error, refetch } = useQuery({ ...flowQuery(), enabled: isAllowed });
  if (!isAllowed || data?.connections.length === 0) return null;
  const isBad = (connection: FlowConnection): boolean => troublesOf(connection).some((trouble) => trouble.isBad);
  return (
    <Section title={words.connections}>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {data?.connections
            .toSorted((a, b) => Number(isBad(b)) - Number(isBad(a)))
            .map((connection) => (
              <ConnectionCard key={connection.id} connection={connection} flow={data} />
            ))}
        </SimpleGrid>
      )}
    </Section>
  );
}

function ConnectionCard({ connection, flow }: { readonly connection: FlowConnection; readonly flow: FlowResponse }) {
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
    <Card component={Link} to={`/connections/${id}`} withBorder radius="md" padding="md">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text fw={600} truncate>
            {name}
          </Text>
          <Group gap={6} wrap="nowrap">
            {troublesOf(connection).map(({ status }) => (
              <StatusBadge key={status} status={status} />
            ))}
          </Group>
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {connectors?.data.find((known) => known.id === connector)?.name ?? connector}
        </Text>
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
      </Stack>
    </Card>
  );
}
