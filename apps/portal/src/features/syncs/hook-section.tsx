import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { deleteConnectionHook, putConnectionHook, type Sync } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { Loaded } from '../../components/loaded';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { syncs as wording } from '../../text/syncs.text';
import { hookQuery } from './syncs.queries';

const words = wording.detail.hook;

/** The address that a vendor calls when records change: it is the connection's, and serves all of its syncs. */
export function HookSection({ sync }: { readonly sync: Sync }) {
  const client = useQueryClient();
  const may = useMay();
  const path = { id: sync.connection_id };
  const changed = (): Promise<unknown> =>
    Promise.all([
      client.invalidateQueries({ queryKey: ['sync', sync.id] }),
      client.invalidateQueries({ queryKey: ['connection', sync.connection_id, 'hook'] }),
    ]);
  const put = useMutation({ mutationFn: () => answerOf(putConnectionHook({ path })), onSuccess: changed });
  const end = useMutation({
    mutationFn: () => answerOf(deleteConnectionHook({ path })),
    onSuccess: () => {
      put.reset();
      return changed();
    },
  });
  const failure = put.error ?? end.error;
  return (
    <Section title={words.title}>
      {failure !== null && <ProblemAlert error={failure} />}
      {put.data !== undefined && (
        <Alert color="teal" variant="light" role="status">
          <Stack gap="xs">
            <Text size="sm">{words.shownOnce}</Text>
            <Group gap="xs" wrap="nowrap">
              <Code style={{ overflowWrap: 'anywhere' }}>{put.data.url}</Code>
              <CopyButton value={put.data.url} />
            </Group>
          </Stack>
        </Alert>
      )}
      {sync.has_hook ? (
        <HookFacts connectionId={sync.connection_id} />
      ) : (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {may('config:write') && (
        <Group gap="xs">
          {sync.has_hook ? (
            <>
              <ConfirmButton
                label={words.again}
                title={words.confirmAgain.title}
                body={words.confirmAgain.body}
                isPending={put.isPending}
                onConfirm={() => put.mutate()}
              />
              <ConfirmButton
                label={words.remove}
                title={words.confirmRemove.title}
                body={words.confirmRemove.body}
                isPending={end.isPending}
                onConfirm={() => end.mutate()}
              />
            </>
          ) : (
            <Button size="sm" variant="default" loading={put.isPending} onClick={() => put.mutate()}>
              {words.make}
            </Button>
          )}
        </Group>
      )}
    </Section>
  );
}

function HookFacts({ connectionId }: { readonly connectionId: string }) {
  return (
    <Loaded query={useQuery(hookQuery(connectionId))} height={50}>
      {(data) => (
        <Facts
          facts={[
            { name: words.received, value: count(data.received) },
            { name: words.lastReceived, value: <Time at={data.last_received_at} ago size="sm" /> },
            { name: words.refused, value: count(data.refused) },
            {
              name: words.lastRefused,
              value: data.last_refused_at && <Time at={data.last_refused_at} ago size="sm" />,
            },
            { name: words.why, value: data.last_refusal?.replaceAll('_', ' ') },
          ]}
        />
      )}
    </Loaded>
  );
}
