import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core';
import { retryWebhookDelivery, type WebhookAttempt } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { Loaded } from '../../components/loaded';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { WideTable } from '../../components/wide-table';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { webhooks as wording } from '../../text/webhooks.text';
import { deliveryQuery } from './webhooks.queries';

const words = wording.delivery;

interface NoticeProps {
  readonly endpointId: string;
  readonly deliveryId: string;
}

/** One notice: what it said, and what the receiver answered each time. */
export function Notice({ endpointId, deliveryId }: NoticeProps) {
  const may = useMay();
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => answerOf(retryWebhookDelivery({ path: { id: endpointId, delivery_id: deliveryId } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks', endpointId] }),
  });
  return (
    <Loaded query={useQuery(deliveryQuery(endpointId, deliveryId))} height={320}>
      {(notice) => (
        <Stack gap="md">
          <Group justify="space-between" gap="xs">
            <Group gap="xs">
              <Text fw={600}>{notice.event_type}</Text>
              <StatusBadge status={notice.status} why={notice.reason?.replaceAll('_', ' ')} />
            </Group>
            {may('config:write') && (
              <Button size="sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
                {words.retry}
              </Button>
            )}
          </Group>
          {retry.error !== null && <ProblemAlert error={retry.error} />}
          {retry.isSuccess && (
            <Alert color="teal" variant="light" role="status">
              {words.retried}
            </Alert>
          )}
          <Facts
            facts={[
              { name: words.webhookId, value: <Id value={notice.webhook_id} /> },
              { name: words.created, value: <Time at={notice.created_at} size="sm" /> },
              { name: words.settled, value: notice.settled_at && <Time at={notice.settled_at} size="sm" /> },
              {
                name: words.next,
                value: notice.next_attempt_at && <Time at={notice.next_attempt_at} ago ahead size="sm" />,
              },
              { name: words.reason, value: notice.reason?.replaceAll('_', ' ') },
              { name: words.resendOf, value: notice.resend_of && <Id value={notice.resend_of} short /> },
            ]}
          />
          <JsonView label={words.payload} value={notice.payload} maxHeight={260} />
          {notice.attempt_list.length > 0 && <Attempts attempts={notice.attempt_list} made={notice.attempts_made} />}
        </Stack>
      )}
    </Loaded>
  );
}

interface AttemptsProps {
  readonly attempts: readonly WebhookAttempt[];
  readonly made: number;
}

function Attempts({ attempts, made }: AttemptsProps) {
  const { columns } = words;
  const last = attempts.findLast((attempt) => attempt.response_body !== null && attempt.response_body !== '');
  return (
    <Section title={words.attempts}>
      {made > attempts.length && <Text c="dimmed">{words.newestAttempts(attempts.length, made)}</Text>}
      <WideTable label={words.attempts} minWidth={420}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.number}</Table.Th>
            <Table.Th>{columns.at}</Table.Th>
            <Table.Th>{columns.outcome}</Table.Th>
            <Table.Th>{columns.http}</Table.Th>
            <Table.Th ta="right">{columns.took}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.map((attempt) => (
            <Table.Tr key={`${attempt.number} ${attempt.started_at}`}>
              <Table.Td>{attempt.number}</Table.Td>
              <Table.Td>
                <Time at={attempt.started_at} size="sm" />
              </Table.Td>
              <Table.Td>
                <StatusBadge status={attempt.outcome} />
              </Table.Td>
              <Table.Td>{[attempt.http_status, attempt.message].filter((part) => part !== null).join(' · ')}</Table.Td>
              <Table.Td ta="right">{duration(attempt.duration_ms)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
      {last?.response_body != null && <JsonView label={words.body} value={last.response_body} maxHeight={200} />}
    </Section>
  );
}
