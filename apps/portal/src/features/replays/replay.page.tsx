import { Anchor, Code, Group, Modal, Progress, Skeleton, Stack, Text } from '@mantine/core';
import { cancelReplay, getReplay, listReplayItems, type Replay, type ReplayItem } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { DataTable, type Column } from '../../components/data-table';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count, percent } from '../../lib/number';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { useWho, type Doer } from '../../lib/use-who';
import { text } from '../../text';
import { ReplayForReal } from './replay-for-real';

const route = getRouteApi('/shell/replays/$replayId');
const list = text.repair.replays;
const words = list.detail;
const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'running', 'cancelling']);
const LOOK_EVERY_MS = 1_000;

export function ReplayPage() {
  const { replayId } = route.useParams();
  const path = { id: replayId };
  const who = useWho();
  const { data, error, refetch } = useQuery({
    queryKey: ['replay', replayId],
    queryFn: () => answerOf(getReplay({ path })),
    refetchInterval: ({ state }) =>
      state.data === undefined || UNDER_WAY.has(state.data.status) ? LOOK_EVERY_MS : false,
  });
  if (error !== null)
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
      beside={<StatusBadge status={data.status} />}
      description={<Id value={data.id} />}
      actions={
        <>
          <Stop replay={data} />
          <ReplayForReal replay={data} />
        </>
      }
    >
      <Stack gap={6}>
        <Progress value={data.progress * 100} size="lg" aria-label={words.progress} />
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
      <Facts facts={factsOf(data, who)} />
      <Section title={words.items}>
        <Items replayId={replayId} isOpen={UNDER_WAY.has(data.status)} isMissing={data.missing !== null} />
      </Section>
    </Page>
  );
}

function factsOf(replay: Replay, who: (by: Doer) => string): { name: string; value: string | null }[] {
  const { facts } = words;
  const figures = replay.dry_run
    ? [
        { name: facts.wouldSend, value: count(replay.would_send) },
        { name: facts.wouldFail, value: count(replay.would_fail) },
        { name: facts.changed, value: count(replay.changed) },
      ]
    : [
        { name: facts.queued, value: count(replay.queued) },
        { name: facts.succeeded, value: count(replay.succeeded) },
        { name: facts.failed, value: count(replay.failed) },
      ];
  // All that were matched are in one of the figures.
  const untouched = [
    { name: facts.waiting, value: replay.waiting === 0 ? null : count(replay.waiting) },
    { name: facts.cancelled, value: replay.cancelled === 0 ? null : count(replay.cancelled) },
  ];
  return [
    { name: facts.matched, value: count(replay.matched) },
    ...figures,
    { name: facts.skipped, value: count(replay.skipped) },
    ...untouched,
    { name: facts.mapping, value: text.repair.replay.mappings[String(replay.mapping)] ?? String(replay.mapping) },
    { name: facts.reason, value: replay.reason },
    { name: facts.by, value: who(replay.requested_by) },
  ];
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

const COLUMNS: readonly Column<ReplayItem>[] = [
  { id: 'outcome', title: words.columns.outcome, width: '120px', cell: (row) => <StatusBadge status={row.outcome} /> },
  {
    id: 'event',
    title: words.columns.event,
    width: 'minmax(120px, 1fr)',
    cell: (row) => row.event_id ?? row.event_tracking_id,
  },
  {
    id: 'message',
    title: words.columns.message,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: (row) => row.error?.message ?? row.message ?? '',
  },
  {
    id: 'changes',
    title: words.changes,
    width: '110px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => row.changes?.length ?? '',
  },
];

interface ItemsProps {
  readonly replayId: string;
  readonly isOpen: boolean;
  /** There was no delivery before: what has not been made cannot be opened. */
  readonly isMissing: boolean;
}

function Items({ replayId, isOpen, isMissing }: ItemsProps) {
  const [shown, setShown] = useState<ReplayItem | null>(null);
  const { rows, isLoading, hasMore, more, error, refetch } = useList(
    listQuery<ReplayItem>(['replay', replayId, 'items'], (cursor) =>
      answerOf(listReplayItems({ path: { id: replayId }, query: { limit: 100, cursor } })),
    ),
    isOpen ? 3_000 : undefined,
  );
  if (error !== null) return <ProblemAlert error={error} onRetry={refetch} />;
  return (
    <>
      <DataTable
        label={words.items}
        rows={rows}
        columns={COLUMNS}
        rowKey={(row) => row.delivery_id}
        onOpen={setShown}
        isLoading={isLoading}
        hasMore={hasMore}
        onMore={more}
        empty={<Text c="dimmed">{text.common.none}</Text>}
        height={420}
      />
      <Modal opened={shown !== null} onClose={() => setShown(null)} title={shown?.event_id ?? ''} size="xl">
        {shown !== null && <Item item={shown} isMissing={isMissing} />}
      </Modal>
    </>
  );
}

function Item({ item, isMissing }: { readonly item: ReplayItem; readonly isMissing: boolean }) {
  const delivery = item.new_delivery_id ?? (isMissing ? null : item.delivery_id);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <StatusBadge status={item.outcome} />
        {delivery === null ? (
          <Anchor component={Link} to={`/events/${item.event_tracking_id}`} size="sm">
            {words.columns.event}
          </Anchor>
        ) : (
          <Anchor component={Link} to={`/deliveries/${delivery}`} size="sm">
            {text.deliveries.one}
          </Anchor>
        )}
      </Group>
      {(item.error?.message ?? item.message) !== null && <Text size="sm">{item.error?.message ?? item.message}</Text>}
      {item.changes?.map((change) => (
        <Text key={change.pointer} size="sm">
          <Code>{change.pointer}</Code> {words.before}: <Code>{JSON.stringify(change.before) ?? '–'}</Code>,{' '}
          {words.after}: <Code>{JSON.stringify(change.after) ?? '–'}</Code>
        </Text>
      ))}
      {item.was_sent != null && <JsonView label={words.before} value={item.was_sent} maxHeight={260} />}
      {item.would_send != null && <JsonView label={words.after} value={item.would_send} maxHeight={260} />}
    </Stack>
  );
}
