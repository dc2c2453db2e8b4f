import { Alert, Stack, Table, Text } from '@mantine/core';
import { type BalanceHour } from '@hub/api-client';
import { Facts } from '../../components/facts';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { usage as wording } from '../../text/usage.text';

const words = wording.balance;
const PARTS = ['succeeded', 'dead', 'cancelled', 'superseded', 'open'] as const;

/** Both equations of one hour, and whatever contradicts them. */
export function BalanceOfHour({ hour }: { readonly hour: BalanceHour }) {
  const { events, deliveries } = hour;
  const parts = PARTS.map((part) => `${count(deliveries[part])} ${words.parts[part]}`).join(' + ');
  return (
    <Stack gap="md">
      <StatusBadge status={hour.balanced ? 'balanced' : 'unbalanced'} />
      <Facts
        facts={[
          {
            name: words.equations.events,
            value: words.eventsLine(count(events.accepted), count(events.routed), count(events.unrouted)),
          },
          {
            name: words.equations.deliveries,
            value: (
              <>
                {words.deliveriesLine(count(deliveries.made), parts)}
                {deliveries.replays > 0 && <Text size="sm">{words.replays(count(deliveries.replays))}</Text>}
              </>
            ),
          },
          { name: words.columns.counted, value: <Time at={hour.counted_at} ago size="sm" /> },
        ]}
      />
      {hour.differences.length > 0 && (
        <Section title={words.differences}>
          {hour.differences.map(({ check, description, left, right, short }) => (
            <Alert key={check} color="red" variant="light" title={description}>
              <Table aria-label={description}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.side}</Table.Th>
                    <Table.Th ta="right">{words.figure}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {[left, right].map(({ side, count: figure }) => (
                    <Table.Tr key={side}>
                      <Table.Td>
                        {words.sides[side] ?? side}
                        {side === short && ` · ${words.short}`}
                      </Table.Td>
                      <Table.Td ta="right">{count(figure)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Alert>
          ))}
        </Section>
      )}
    </Stack>
  );
}
