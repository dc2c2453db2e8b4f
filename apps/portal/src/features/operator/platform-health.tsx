import { Alert, Stack, Table, Text } from '@mantine/core';
import { type PlatformHealthResponse } from '@hub/api-client';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Facts } from '../../components/facts';
import { Loaded } from '../../components/loaded';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { WideTable } from '../../components/wide-table';
import { count } from '../../lib/number';
import { operator } from '../../text/operator.text';
import { healthQuery } from './operator.queries';

const words = operator.health;

export function PlatformHealth() {
  return (
    <Loaded query={useQuery(healthQuery())} height={420}>
      {(health) => (
        <Stack gap="lg">
          {!health.processes.some(({ kind, state }) => kind === 'worker' && state === 'up') && (
            <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={words.noWorker.title}>
              {words.noWorker.body}
            </Alert>
          )}
          <Section title={words.deliveries}>
            <Facts
              facts={[
                { name: words.due, value: count(health.deliveries.due) },
                {
                  name: words.oldest,
                  value:
                    health.deliveries.oldest_due_at === null ? (
                      words.nothingDue
                    ) : (
                      <Time at={health.deliveries.oldest_due_at} ago size="sm" />
                    ),
                },
              ]}
            />
          </Section>
          <Processes health={health} />
          <Queues health={health} />
        </Stack>
      )}
    </Loaded>
  );
}

function Processes({ health }: { readonly health: PlatformHealthResponse }) {
  const { columns, kinds } = words;
  return (
    <Section title={words.processes}>
      <WideTable label={words.processes} minWidth={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.kind}</Table.Th>
            <Table.Th>{columns.state}</Table.Th>
            <Table.Th>{columns.seen}</Table.Th>
            <Table.Th>{columns.host}</Table.Th>
            <Table.Th ta="right">{columns.pid}</Table.Th>
            <Table.Th>{columns.started}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {health.processes.map((process) => (
            <Table.Tr key={process.id}>
              <Table.Td>{kinds[process.kind] ?? process.kind}</Table.Td>
              <Table.Td>
                <StatusBadge status={process.state} />
              </Table.Td>
              <Table.Td>
                <Time at={process.seen_at} ago size="sm" />
              </Table.Td>
              <Table.Td>{process.host}</Table.Td>
              <Table.Td ta="right">{process.pid}</Table.Td>
              <Table.Td>
                <Time at={process.started_at} size="sm" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Section>
  );
}

function Queues({ health }: { readonly health: PlatformHealthResponse }) {
  const { queueColumns: columns, queueNames: names } = words;
  const title = words.queues(words.backends[health.queue_backend] ?? health.queue_backend);
  return (
    <Section title={title}>
      <Text size="sm" c="dimmed">
        {words.queuesHint}
      </Text>
      <WideTable label={title} minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.state}</Table.Th>
            <Table.Th ta="right">{columns.waiting}</Table.Th>
            <Table.Th ta="right">{columns.active}</Table.Th>
            <Table.Th ta="right">{columns.delayed}</Table.Th>
            <Table.Th ta="right">{columns.failed}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {health.queues.map((queue) => (
            <Table.Tr key={queue.name}>
              <Table.Td>{names[queue.name] ?? queue.name}</Table.Td>
              <Table.Td>
                <StatusBadge status={queue.reachable ? 'up' : 'unreachable'} />
              </Table.Td>
              <Table.Td ta="right">{count(queue.waiting)}</Table.Td>
              <Table.Td ta="right">{count(queue.active)}</Table.Td>
              <Table.Td ta="right">{count(queue.delayed)}</Table.Td>
              <Table.Td ta="right">{count(queue.failed)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Section>
  );
}
