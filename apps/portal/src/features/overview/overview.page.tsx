import { Alert, Anchor, Card, Group, List, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { PageSkeleton } from '../../components/page-skeleton';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { SetupSteps } from '../flow/setup-steps';
import { allConnectionsQuery, balanceQuery, openAlertsQuery, topDeadLettersQuery } from './overview.queries';

const words = text.overview;

/** At a glance: does everything flow, and if not, what needs somebody. */
export function OverviewPage() {
  return (
    <Page title={words.title} description={words.description}>
      <Tiles />
      {useIsLoading() ? (
        <PageSkeleton sections={[72, 120, 180]} />
      ) : (
        <>
          <SetupSteps />
          <Attention />
          <Books />
          <Connections />
        </>
      )}
    </Page>
  );
}

/** What needs somebody comes first and may be long: nothing is shown below it that it would push away. */
function useIsLoading(): boolean {
  const may = useMay();
  const balance = useQuery(balanceQuery());
  const alerts = useQuery(openAlertsQuery());
  const dead = useQuery(topDeadLettersQuery());
  const connections = useQuery({ ...allConnectionsQuery(), enabled: may('config:read') });
  return [balance, alerts, dead, connections].some(({ isLoading }) => isLoading);
}

function Tiles() {
  const { data, error, refetch } = useQuery(balanceQuery());
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  const { events, deliveries } = data?.totals ?? {};
  const tiles = [
    { label: words.tiles.accepted, value: events?.accepted, to: '/events' },
    { label: words.tiles.delivered, value: deliveries?.succeeded, to: '/deliveries?status=succeeded' },
    { label: words.tiles.waiting, value: deliveries?.open, to: '/deliveries?status=pending' },
    { label: words.tiles.dead, value: deliveries?.dead, to: '/dead-letters' },
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      {tiles.map(({ label, value, to }) => (
        <Card key={label} component={Link} to={to} withBorder radius="md" padding="md">
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          {value === undefined ? (
            <Skeleton height={30} width={80} mt={6} />
          ) : (
            <Text fz={28} fw={650} lh={1.3}>
              {count(value)}
            </Text>
          )}
        </Card>
      ))}
    </SimpleGrid>
  );
}

function Attention() {
  const alerts = useQuery(openAlertsQuery());
  const dead = useQuery(topDeadLettersQuery());
  const error = alerts.error ?? dead.error;
  const refetch = (): void => void Promise.all([alerts.refetch(), dead.refetch()]);
  const isWell = alerts.data?.data.length === 0 && dead.data?.data.length === 0;
  return (
    <Section title={words.attention}>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={refetch} />
      ) : isWell ? (
        <Alert color="teal" variant="light" icon={<IconCircleCheck />} title={words.allWell.title}>
          {words.allWell.hint}
        </Alert>
      ) : (
        <Stack gap="xs">
          {alerts.data?.data.map((alert) => (
            <Alert
              key={alert.id}
              color={alert.severity === 'critical' ? 'red' : 'yellow'}
              variant="light"
              icon={<IconAlertTriangle />}
              title={alert.title}
            >
              {alert.advice}
            </Alert>
          ))}
          {dead.data?.data.map((group) => (
            <Alert
              key={group.newest_delivery_id}
              color="red"
              variant="light"
              icon={<IconAlertTriangle />}
              title={group.title}
            >
              <Group justify="space-between" gap="xs">
                <Text size="sm">{group.advice.action}</Text>
                <Anchor component={Link} to="/dead-letters" size="sm">
                  {text.repair.deadLetters.title}
                </Anchor>
              </Group>
            </Alert>
          ))}
        </Stack>
      )}
    </Section>
  );
}

function Books() {
  const { data } = useQuery(balanceQuery());
  if (data === undefined) return null;
  const { events, deliveries } = data.totals;
  const { balance } = words;
  const parts = [
    [balance.succeeded, deliveries.succeeded],
    [balance.dead, deliveries.dead],
    [balance.cancelled, deliveries.cancelled],
    [balance.superseded, deliveries.superseded],
    [balance.open, deliveries.open],
  ] as const;
  return (
    <Section title={balance.title}>
      <Alert
        color={data.balanced ? 'teal' : 'red'}
        variant="light"
        icon={<IconScale />}
        title={data.balanced ? balance.balanced : balance.unbalanced}
      >
        <List size="sm" spacing={2}>
          <List.Item>
            {balance.events} {count(events.accepted)} = {count(events.routed)} {balance.routed} +{' '}
            {count(events.unrouted)} {balance.unrouted}
          </List.Item>
          <List.Item>
            {balance.made} {count(deliveries.made)} ={' '}
            {parts.map(([name, value]) => `${count(value)} ${name}`).join(' + ')}
          </List.Item>
        </List>
      </Alert>
    </Section>
  );
}

function Connections() {
  const may = useMay();
  const { data, error, refetch } = useQuery({ ...allConnectionsQuery(), enabled: may('config:read') });
  if (!may('config:read')) return null;
  return (
    <Section title={words.connections}>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {data?.data.map((connection) => (
            <Card
              key={connection.id}
              component={Link}
              to={`/connections/${connection.id}`}
              withBorder
              radius="md"
              padding="md"
            >
              <Group justify="space-between" wrap="nowrap">
                <Text fw={600} truncate>
                  {connection.name}
                </Text>
                <StatusBadge status={connection.status} why={connection.auth_advice} />
              </Group>
              <Group justify="space-between" gap="xs">
                <Text size="sm" c="dimmed">
                  {connection.connector}
                </Text>
                <Time at={connection.updated_at} ago size="xs" c="dimmed" />
              </Group>
            </Card>
          ))}
        </SimpleGrid>
      )}
    </Section>
  );
}
