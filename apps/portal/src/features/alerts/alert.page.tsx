import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { type AlertResponse } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { LoadedPage } from '../../components/loaded';
import { Page } from '../../components/page';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { useWho, type Doer } from '../../lib/use-who';
import { alerts as wording } from '../../text/alerts.text';
import { AlertActions, isMuted } from './alert-actions';
import { linksOf } from './alert-links';
import { alertQuery } from './alerts.queries';
import { measured } from './measured';
import { NotificationsTable } from './notifications-table';
import { SeverityBadge } from './severity-badge';

const route = getRouteApi('/shell/alerts/$alertId');
const words = wording;

/** Where the messages about an alert lead: what is wrong, since when, why, and what to do. */
export function AlertPage() {
  const { alertId } = route.useParams();
  const query = useQuery(alertQuery(alertId));
  const may = useMay();
  return (
    <LoadedPage title={words.one} query={query} height={300}>
      {(alert) => (
        <Page
          title={alert.title}
          beside={
            <Group gap="xs">
              <SeverityBadge severity={alert.severity} />
              <StatusBadge status={alert.status} />
              {isMuted(alert) && <StatusBadge status="muted" />}
            </Group>
          }
          description={<Id value={alert.id} />}
          actions={may('config:write') ? <AlertActions alert={alert} /> : undefined}
        >
          <Advice alert={alert} />
          <AlertFacts alert={alert} />
          {alert.causes.length > 0 && <Causes alert={alert} />}
          <Section title={words.detail.history}>
            <NotificationsTable
              rows={alert.notifications}
              empty={<Text c="dimmed">{words.detail.noHistory}</Text>}
              withChannel
            />
          </Section>
        </Page>
      )}
    </LoadedPage>
  );
}

function Advice({ alert }: { readonly alert: AlertResponse }) {
  return (
    <Section title={words.detail.advice}>
      <Text>{alert.advice}</Text>
      <Group gap="xs">
        {linksOf(alert).map(({ to, label }, index) => (
          <Button key={to} component={Link} to={to} size="sm" variant={index === 0 ? 'light' : 'default'}>
            {label}
          </Button>
        ))}
      </Group>
    </Section>
  );
}

function AlertFacts({ alert }: { readonly alert: AlertResponse }) {
  const { facts, resolutions } = words.detail;
  const who = useWho();
  const time = (at: string | null) => (at === null ? null : <Time at={at} size="sm" />);
  return (
    <Facts
      facts={[
        {
          name: facts.rule,
          value: (
            <Anchor component={Link} to={`/alerts/settings?rule=${alert.rule}`} size="sm">
              {alert.rule_title}
            </Anchor>
          ),
        },
        { name: facts.connection, value: alert.connection?.name },
        { name: facts.value, value: measured(alert) },
        { name: facts.since, value: time(alert.since) },
        { name: facts.opened, value: time(alert.opened_at) },
        { name: facts.told, value: time(alert.told_at) },
        { name: facts.lastTold, value: time(alert.last_told_at) },
        { name: facts.acknowledged, value: time(alert.acknowledged_at) },
        {
          name: facts.acknowledgedBy,
          value: alert.acknowledged_by === null ? null : who(doerOf(alert.acknowledged_by)),
        },
        { name: words.note, value: alert.note },
        { name: facts.mutedUntil, value: isMuted(alert) ? time(alert.muted_until) : null },
        { name: facts.resolved, value: time(alert.resolved_at) },
        {
          name: facts.resolution,
          value: alert.resolution === null ? null : (resolutions[alert.resolution] ?? alert.resolution),
        },
      ]}
    />
  );
}

/** Of an id alone: what it is of is how it begins. */
function doerOf(id: string): Doer {
  return { type: id.startsWith('key_') ? 'api_key' : 'user', id };
}

function Causes({ alert }: { readonly alert: AlertResponse }) {
  const { detail } = words;
  return (
    <Section title={detail.causes}>
      <Stack style={{ overflowX: 'auto' }}>
        <Table aria-label={detail.causes}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{detail.cause}</Table.Th>
              <Table.Th ta="right">{detail.causeCount}</Table.Th>
              <Table.Th>{words.since}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {alert.causes.map((cause) => (
              <Table.Tr key={`${cause.what} ${cause.since}`}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{cause.what}</Table.Td>
                <Table.Td ta="right">{cause.count === null ? '' : count(cause.count)}</Table.Td>
                <Table.Td>{cause.since !== null && <Time at={cause.since} ago size="sm" />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Section>
  );
}
