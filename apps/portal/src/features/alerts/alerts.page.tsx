import { Badge, Button, Card, Group, Skeleton, Stack, Text } from '@mantine/core';
import { acknowledgeAlert, listAlerts, type Alert } from '@hub/api-client';
import { IconBellCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar } from '../../components/filter-bar';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { ALERT_STATUSES } from './alerts.routes';

const route = getRouteApi('/shell/alerts');
const words = text.govern.alerts;
const COLORS: Readonly<Record<Alert['severity'], string>> = { info: 'blue', warning: 'yellow', critical: 'red' };

export function AlertsPage() {
  const { status } = route.useSearch();
  const navigate = route.useNavigate();
  const { rows, isLoading, hasMore, more, error, refetch } = useList(
    listQuery<Alert>(['alerts', status ?? 'all'], (cursor) =>
      answerOf(listAlerts({ query: { status, limit: 50, cursor } })),
    ),
    10_000,
  );
  return (
    <Page title={words.title} description={words.description}>
      <FilterBar isFiltered={status !== undefined} onClear={() => void navigate({ search: {}, replace: true })}>
        <ChoiceFilter
          label={words.status}
          choices={ALERT_STATUSES}
          value={status}
          onChange={(chosen) =>
            void navigate({ search: chosen === undefined ? {} : { status: chosen }, replace: true })
          }
        />
      </FilterBar>
      {error !== null ? (
        <ProblemAlert error={error} onRetry={refetch} />
      ) : isLoading && rows.length === 0 ? (
        <Skeleton height={120} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<IconBellCheck />} title={words.empty.title} hint={words.empty.hint} />
      ) : (
        <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {rows.map((alert) => (
            <AlertCard key={alert.id} alert={alert} />
          ))}
          {hasMore && (
            <Button variant="default" onClick={more}>
              {text.common.more}
            </Button>
          )}
        </Stack>
      )}
    </Page>
  );
}

function AlertCard({ alert }: { readonly alert: Alert }) {
  const may = useMay();
  const client = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => answerOf(acknowledgeAlert({ path: { id: alert.id }, body: {} })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Card withBorder radius="md" padding="md" component="li">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} style={{ flex: '1 1 260px' }}>
          <Text fw={600} component="h2" size="md">
            {alert.title}
          </Text>
          <Text size="sm">{alert.advice}</Text>
          <Group gap={6}>
            <Text size="xs" c="dimmed">
              {words.columns.opened}
            </Text>
            <Time at={alert.since ?? alert.opened_at} ago size="xs" c="dimmed" />
          </Group>
        </Stack>
        <Group gap="xs">
          <Badge color={COLORS[alert.severity]} variant="light" tt="none" radius="sm">
            {words.severities[alert.severity]}
          </Badge>
          <StatusBadge status={alert.status} />
          {alert.status === 'open' && may('config:write') && (
            <Button
              size="compact-sm"
              variant="default"
              loading={acknowledge.isPending}
              onClick={() => acknowledge.mutate()}
            >
              {words.acknowledge}
            </Button>
          )}
        </Group>
      </Group>
      {acknowledge.error !== null && <ProblemAlert error={acknowledge.error} />}
    </Card>
  );
}
