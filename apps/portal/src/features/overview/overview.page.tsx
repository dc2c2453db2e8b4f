import { Alert, Anchor, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { PageSkeleton } from '../../components/page-skeleton';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { useWhoIsTold } from '../alerts/channels.queries';
import { NobodyTold } from '../alerts/nobody-told';
import { firstConnectionsQuery } from '../connections/connections.queries';
import { GroupTitle } from '../dead-letters/group-title';
import { anyRouteQuery, flowQuery } from '../flow/flow.queries';
import { SetupSteps } from '../flow/setup-steps';
import { Connections } from './overview-connections';
import { Books, booksQuery, Hours, Latency, Tiles } from './overview-figures';
import { activityQuery, openAlertsQuery, topDeadLettersQuery } from './overview.queries';

const words = text.overview;
const DEAD_LETTERS_RULE = 'dead_letters';

/** At a glance: does everything flow, and if not, what needs somebody. */
export function OverviewPage() {
  const { isNobody } = useWhoIsTold();
  return (
    <Page title={words.title} description={words.description}>
      <Tiles />
      {useIsLoading() ? (
        <PageSkeleton sections={[72, 120, 180]} />
      ) : (
        <>
          <SetupSteps />
          {isNobody && <NobodyTold />}
          <Attention />
          <Hours />
          <Latency />
          <Connections />
          <Books />
        </>
      )}
    </Page>
  );
}

/** What needs somebody comes first and may be long: nothing is shown below it that it would push away. */
function useIsLoading(): boolean {
  const may = useMay();
  const books = useQuery(booksQuery());
  const alerts = useQuery(openAlertsQuery());
  const dead = useQuery(topDeadLettersQuery());
  const flow = useQuery({ ...flowQuery(), enabled: may('config:read') });
  const activity = useQuery({ ...activityQuery(), enabled: may('config:read') });
  const told = useWhoIsTold();
  const connections = useQuery(firstConnectionsQuery());
  const routes = useQuery({ ...anyRouteQuery(), enabled: may('config:write') });
  // What has failed once is not waited for again: the parts below ask for it anew, and would be taken away while they do, for ever.
  const isAwaited = [books, alerts, connections, routes, dead, flow, activity].some(
    ({ isLoading, isFetched }) => isLoading && !isFetched,
  );
  return told.isFirstLook || isAwaited;
}

function Attention() {
  const alerts = useQuery(openAlertsQuery());
  const dead = useQuery(topDeadLettersQuery());
  const error = alerts.error ?? dead.error;
  const refetch = (): void => void Promise.all([alerts.refetch(), dead.refetch()]);
  const isKnown = alerts.data !== undefined && dead.data !== undefined;
  const groups = dead.data?.data ?? [];
  // What is listed by its cause below is not told a second time.
  const others = (alerts.data?.data ?? []).filter(
    ({ rule, connection }) =>
      rule !== DEAD_LETTERS_RULE || !groups.some((group) => group.connection_id === connection?.id),
  );
  const isWell = others.length === 0 && groups.length === 0;
  return (
    <Section title={words.attention}>
      {error !== null && <ProblemAlert error={error} onRetry={refetch} />}
      {error === null && !isKnown && <Skeleton height={72} />}
      {error === null && isKnown && isWell && (
        <Alert color="teal" variant="light" icon={<IconCircleCheck />} title={words.allWell.title}>
          {words.allWell.hint}
        </Alert>
      )}
      {isKnown && !isWell && (
        <Stack gap="xs">
          {others.map((alert) => (
            <Alert
              key={alert.id}
              color={alert.severity === 'critical' ? 'red' : 'yellow'}
              variant="light"
              icon={<IconAlertTriangle />}
              title={
                <Anchor component={Link} to={`/alerts/${alert.id}`} inherit c="inherit" underline="always">
                  {alert.title}
                </Anchor>
              }
            >
              {alert.advice}
            </Alert>
          ))}
          {groups.map((group) => (
            <Alert
              key={group.newest_delivery_id}
              color="red"
              variant="light"
              icon={<IconAlertTriangle />}
              title={<GroupTitle group={group} />}
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
