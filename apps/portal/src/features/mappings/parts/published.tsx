import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { type Route } from '@hub/api-client';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { count } from '../../../lib/number';
import { useMay } from '../../../lib/session';
import { text } from '../../../text';
import { mappings as wording } from '../../../text/mappings.text';
import { deadLetterCountQuery } from '../../dead-letters/dead-letters.queries';
import { ReplayButton } from '../../replays/replay-button';
import { usesOf, usesQuery } from '../mappings.queries';

const words = wording.publish;

export interface PublishedProps {
  readonly mappingId: string;
  readonly version: number;
  readonly onClose: () => void;
}

/** It counts now; what failed under the old one can be sent again. */
export function Published({ mappingId, version, onClose }: PublishedProps) {
  const { data: uses } = useQuery(usesQuery());
  const { routes } = usesOf(uses ?? { routes: [], syncs: [] }, mappingId);
  return (
    <Alert
      color="teal"
      variant="light"
      icon={<IconCircleCheck />}
      title={words.done(version)}
      withCloseButton
      closeButtonLabel={text.common.close}
      onClose={onClose}
      role="status"
    >
      <Stack gap="xs">
        {routes.map((route) => (
          <Failed key={route.id} route={route} />
        ))}
      </Stack>
    </Alert>
  );
}

function Failed({ route }: { readonly route: Route }) {
  const may = useMay();
  const filter = { route_id: route.id };
  const { data } = useQuery({ ...deadLetterCountQuery(filter), enabled: may('events:read') });
  if (data === undefined || data === 0) return null;
  return (
    <Group gap="xs" justify="space-between">
      <Text size="sm">
        {route.name}: {text.repair.deadLetters.count(count(data))}. {words.replay}
      </Text>
      <Group gap="xs">
        <Button component={Link} to={`/dead-letters?connection_id=${route.connection_id}`} size="sm" variant="subtle">
          {words.deadLetters}
        </Button>
        {may('replay') && <ReplayButton filter={filter} count={data} />}
      </Group>
    </Group>
  );
}
