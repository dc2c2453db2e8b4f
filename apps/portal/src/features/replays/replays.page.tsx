import { Badge, Button, Group, Progress } from '@mantine/core';
import { listReplays, type Replay } from '@hub/api-client';
import { IconRepeat } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { useWho, type Doer } from '../../lib/use-who';
import { text } from '../../text';
import { ReplayStatus } from './replay-status';

const words = text.repair.replays;

const columnsOf = (who: (by: Doer) => string): readonly Column<Replay>[] => [
  { id: 'status', title: words.columns.status, width: '120px', cell: (row) => <ReplayStatus replay={row} /> },
  {
    id: 'action',
    title: words.columns.action,
    width: 'minmax(120px, 1fr)',
    cell: ({ action, dry_run: isDryRun }) => (
      <Group gap={6} wrap="nowrap">
        {words.actions[action] ?? action}
        {isDryRun && (
          <Badge variant="outline" tt="none" radius="sm">
            {words.dryRun}
          </Badge>
        )}
      </Group>
    ),
  },
  {
    id: 'progress',
    title: words.columns.progress,
    width: 'minmax(90px, 1fr)',
    wideOnly: true,
    cell: ({ progress, status }) => (
      <Progress
        value={progress * 100}
        color={status === 'cancelled' ? 'gray' : undefined}
        aria-label={words.columns.progress}
      />
    ),
  },
  {
    id: 'reason',
    title: words.columns.reason,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: ({ reason }) => reason ?? '',
  },
  {
    id: 'by',
    title: words.columns.by,
    width: 'minmax(100px, 1fr)',
    wideOnly: true,
    cell: (row) => who(row.requested_by),
  },
  {
    id: 'created',
    title: words.columns.created,
    width: '110px',
    wideOnly: true,
    alignEnd: true,
    cell: (row) => <Time at={row.created_at} ago size="sm" />,
  },
];

export function ReplaysPage() {
  const navigate = useNavigate();
  const may = useMay();
  const who = useWho();
  const list = useList(
    listQuery<Replay>(['replays'], (cursor) => answerOf(listReplays({ query: { limit: 50, cursor } }))),
    5_000,
  );
  return (
    <Page title={words.title} description={words.description} actions={may('replay') && <Choose />}>
      <ListTable
        list={list}
        label={words.title}
        columns={columnsOf(who)}
        rowKey={(row) => row.id}
        onOpen={({ id }) => void navigate({ to: '/replays/$replayId', params: { replayId: id } })}
        empty={<EmptyState icon={<IconRepeat />} title={words.empty.title} hint={words.empty.hint} />}
      />
    </Page>
  );
}

/** The list whose filters are those of a replay. */
function Choose() {
  return (
    <Button component={Link} to="/deliveries?status=dead&replayed=false" size="sm" variant="default">
      {words.choose}
    </Button>
  );
}
