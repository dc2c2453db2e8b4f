import { Anchor, Code, Progress, Stack, Text } from '@mantine/core';
import { type ConnectionHealth, type ConnectionResponse } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Facts } from '../../components/facts';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count, percent } from '../../lib/number';
import { text } from '../../text';
import { flowQuery } from '../flow/flow.queries';
import { healthQuery } from './connections.queries';
import { SignIn } from './sign-in';

const words = text.connections.detail;

export function Health({ connection }: { readonly connection: ConnectionResponse }) {
  const { data, error, refetch } = useQuery(healthQuery(connection.id));
  const { data: flow } = useQuery(flowQuery());
  const { facts } = words;
  const edges = flow?.edges.filter((edge) => edge.connection_id === connection.id) ?? [];
  const sum = (figure: 'waiting' | 'dead'): number =>
    edges.reduce((total, { deliveries }) => total + deliveries[figure], 0);
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
              value: <StatusBadge status={data.breaker.state} />,
            },
            { name: facts.auth, value: <SignIn connection={connection} /> },
            { name: facts.account, value: connection.account?.name ?? null },
            {
              name: facts.resume,
              value: data.resume_at === null ? null : <Time at={data.resume_at} ago ahead size="sm" />,
            },
            { name: facts.recentCalls, value: failedOf(data.recent_calls) },
            {
              name: facts.waiting,
              value: <Figure value={flow && sum('waiting')} to={`/deliveries?connection_id=${connection.id}`} />,
            },
            {
              name: facts.dead,
              value: <Figure value={flow && sum('dead')} to={`/dead-letters?connection_id=${connection.id}`} />,
            },
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
      {data?.last_error != null && <LastError error={data.last_error} />}
    </Section>
  );
}

/** `null` where nothing was called. */
function failedOf({ calls, failed, error_rate: rate }: ConnectionHealth['recent_calls']): string | null {
  return rate === null ? null : `${count(failed)} / ${count(calls)} (${percent(rate)})`;
}

/** It keeps its place until it is known. */
function Figure({ value, to }: { readonly value: number | undefined; readonly to: string }) {
  return (
    <Anchor component={Link} to={to} size="sm">
      {value === undefined ? '–' : count(value)}
    </Anchor>
  );
}

function LastError({ error: { code, message } }: { readonly error: NonNullable<ConnectionHealth['last_error']> }) {
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {words.lastError}: {message} <Code>{code}</Code>
    </Text>
  );
}
