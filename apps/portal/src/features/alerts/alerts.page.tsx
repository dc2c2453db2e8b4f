import { Anchor, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { listAlerts, type Alert } from '@hub/api-client';
import { IconBellCheck } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar } from '../../components/filter-bar';
import { Listed } from '../../components/list-table';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { alerts as wording } from '../../text/alerts.text';
import { AlertActions, isMuted } from './alert-actions';
import { ALERT_STATUSES, SEVERITIES, type AlertFilters } from './alerts.routes';
import { useWhoIsTold } from './channels.queries';
import { NobodyTold } from './nobody-told';
import { SeverityBadge } from './severity-badge';

const route = getRouteApi('/shell/alerts');
const words = wording;

export function AlertsPage() {
  const { status, severity } = route.useSearch();
  const navigate = route.useNavigate();
  const alerts = useList(
    listQuery<Alert>(['alerts', status ?? 'all', severity ?? 'all'], (cursor) =>
      answerOf(listAlerts({ query: { status, severity, limit: 50, cursor } })),
    ),
    10_000,
  );
  const { rows, isLoading, hasMore, more } = alerts;
  // The notice would push away what is shown below it.
  const told = useWhoIsTold();
  const isWaiting = told.isFirstLook || (isLoading && rows.length === 0);
  const change = (wanted: AlertFilters): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <Button component={Link} to="/alerts/settings" size="sm" variant="default">
          {words.settingsLink}
        </Button>
      }
    >
      <FilterBar
        isFiltered={status !== undefined || severity !== undefined}
        onClear={() => void navigate({ search: {}, replace: true })}
      >
        <ChoiceFilter
          label={words.status}
          choices={ALERT_STATUSES}
          value={status}
          onChange={(chosen) => change({ status: chosen })}
        />
        <ChoiceFilter
          label={words.severity}
          choices={SEVERITIES}
          nameOf={(choice) => words.severities[choice] ?? choice}
          value={severity}
          onChange={(chosen) => change({ severity: chosen })}
        />
      </FilterBar>
      {!isWaiting && told.isNobody && <NobodyTold />}
      <Listed list={alerts}>
        {isWaiting ? (
          <Stack gap="sm">
            <Skeleton height={92} />
            <Skeleton height={92} />
            <Skeleton height={92} />
          </Stack>
        ) : rows.length === 0 ? (
          <EmptyState icon={<IconBellCheck />} title={words.empty.title} hint={words.empty.hint} />
        ) : (
          <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {rows.map((alert) => (
              <AlertCard key={alert.id} alert={alert} />
            ))}
            {hasMore && (
              <li>
                <Button variant="default" onClick={more}>
                  {text.common.more}
                </Button>
              </li>
            )}
          </Stack>
        )}
      </Listed>
    </Page>
  );
}

function AlertCard({ alert }: { readonly alert: Alert }) {
  const may = useMay();
  return (
    <Card withBorder radius="md" padding="md" component="li">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} style={{ flex: '1 1 260px' }}>
          <Text component="h2" size="md" fw={600}>
            <Anchor component={Link} to={`/alerts/${alert.id}`} inherit>
              {alert.title}
            </Anchor>
          </Text>
          <Text size="sm">{alert.advice}</Text>
          <Group gap="xs">
            <SeverityBadge severity={alert.severity} />
            <StatusBadge status={alert.status} />
            {isMuted(alert) && <StatusBadge status="muted" />}
            <Group gap={6}>
              <Text size="xs" c="dimmed">
                {words.since}
              </Text>
              <Time at={alert.since ?? alert.opened_at} ago size="xs" c="dimmed" />
            </Group>
          </Group>
        </Stack>
        {may('config:write') && <AlertActions alert={alert} />}
      </Group>
    </Card>
  );
}
