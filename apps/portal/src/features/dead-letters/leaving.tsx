import { Alert, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Time } from '../../components/time';
import { text } from '../../text';
import { timeLeft } from './time-left';

const words = text.repair.deadLetters;

/** Nothing where the warning says it. */
export function Leaves({ at }: { readonly at: string }) {
  if (timeLeft(at) !== 'enough') return null;
  return (
    <Group gap={6}>
      <Text size="xs" c="dimmed">
        {words.leaves}
      </Text>
      <Time at={at} ago ahead size="xs" c="dimmed" />
    </Group>
  );
}

/** While something can still be done about it without bringing them back. */
export function LeavesSoon({ at }: { readonly at: string }) {
  const left = timeLeft(at);
  if (left === 'enough') return null;
  return (
    <Alert color="orange" variant="light" icon={<IconAlertTriangle />} role="note" p="xs">
      {left === 'none' ? (
        words.leavesNow
      ) : (
        <>
          {words.leavesSoon} <Time at={at} ago ahead size="sm" span />.
        </>
      )}{' '}
      {words.repairBefore}
    </Alert>
  );
}
