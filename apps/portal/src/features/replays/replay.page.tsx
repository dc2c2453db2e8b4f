import { Group, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { cancelReplay, getReplay, type Replay } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { LookFailed } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { percent } from '../../lib/number';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { text } from '../../text';
import { ReplayFigures } from './replay-figures';
import { ReplayForReal } from './replay-for-real';
import { ReplayItems } from './replay-items';
import { ReplayStatus } from './replay-status';
import { UNDER_WAY } from './replay-states';

const route = getRouteApi('/shell/replays/$replayId');
const list = text.repair.replays;
const words = list.detail;
const LOOK_EVERY_MS = 1_000;

export function ReplayPage() {
  const { replayId } = route.useParams();
  const path = { id: replayId };
  const { data, error, refetch } = useQuery({
    queryKey: ['replay', replayId],
    queryFn: () => answerOf(getReplay({ path })),
    refetchInterval: ({ state }) =>
      state.data === undefined || UNDER_WAY.has(state.data.status) ? LOOK_EVERY_MS : false,
  });
  if (error !== null && data === undefined)
    return (
      <Page title={list.title}>
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      </Page>
    );
  if (data === undefined)
    return (
      <Page title={list.title}>
        <Skeleton height={160} />
      </Page>
    );
  return (
    <Page
      title={`${list.actions[data.action] ?? data.action}${data.dry_run ? ` · ${list.dryRun}` : ''}`}
      beside={<ReplayStatus replay={data} />}
      description={<Id value={data.id} />}
      actions={
        <>
          <Stop replay={data} />
          <ReplayForReal replay={data} />
        </>
      }
    >
      <LookFailed query={{ data, error, refetch }} />
      <Stack gap={6}>
        <Progress
          value={data.progress * 100}
          size="lg"
          color={data.status === 'cancelled' ? 'gray' : undefined}
          aria-label={words.progress}
        />
        <Group gap="sm">
          <Text size="sm">{percent(data.progress)}</Text>
          {data.eta_seconds !== null && UNDER_WAY.has(data.status) && (
            <Text size="sm" c="dimmed">
              {words.eta(duration(data.eta_seconds * 1_000))}
            </Text>
          )}
          <Time at={data.started_at ?? data.created_at} size="sm" c="dimmed" />
        </Group>
      </Stack>
      {data.error !== null && <Text c="red">{data.error.message}</Text>}
      <ReplayFigures replay={data} />
      <Section title={words.items}>
        <ReplayItems replay={data} />
      </Section>
    </Page>
  );
}

function Stop({ replay }: { readonly replay: Replay }) {
  const may = useMay();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => answerOf(cancelReplay({ path: { id: replay.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['replay', replay.id] }),
  });
  if (!may('replay') || !UNDER_WAY.has(replay.status)) return null;
  return (
    <Stack gap="xs" align="flex-end">
      <ConfirmButton
        label={words.cancel}
        title={words.confirmCancel.title}
        body={words.confirmCancel.body}
        isPending={stop.isPending}
        onConfirm={() => stop.mutate()}
      />
      {stop.error !== null && <ProblemAlert error={stop.error} />}
    </Stack>
  );
}
