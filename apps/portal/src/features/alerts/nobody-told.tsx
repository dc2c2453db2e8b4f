import { Alert, Anchor, Group, Text } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMay } from '../../lib/session';
import { alerts as wording } from '../../text/alerts.text';

const words = wording.nobodyTold;

/** For when there is no channel that is switched on. */
export function NobodyTold() {
  const may = useMay();
  return (
    <Alert color="yellow" variant="light" icon={<IconBellOff />} title={words.title}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{words.hint}</Text>
        {may('config:write') && (
          <Anchor component={Link} to="/alerts/settings?tab=channels" size="sm" underline="always">
            {words.action}
          </Anchor>
        )}
      </Group>
    </Alert>
  );
}
