import { Group, Text } from '@mantine/core';
import { runSync, type SyncRun } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { syncs as wording } from '../../text/syncs.text';

const words = wording.detail.runs.allowDeletions;

/** For a listing that has ended because too many records were gone: a person who knows better lists again. */
export function AllowDeletions({ run: { sync_id: id, error } }: { readonly run: SyncRun }) {
  const client = useQueryClient();
  const may = useMay();
  const again = useMutation({
    mutationFn: () => answerOf(runSync({ path: { id }, body: { mode: 'full', allow_deletions: true } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['sync', id] }),
  });
  if (error?.code !== 'too_many_missing' || !may('config:write')) return null;
  if (again.error !== null) return <ProblemAlert error={again.error} onRetry={() => again.mutate()} />;
  return (
    <Group mt="xs">
      {again.isSuccess ? (
        <Text size="sm" role="status">
          {words.started}
        </Text>
      ) : (
        <ConfirmButton
          size="xs"
          label={words.label}
          title={words.title}
          body={words.body}
          isPending={again.isPending}
          onConfirm={() => again.mutate()}
        />
      )}
    </Group>
  );
}
