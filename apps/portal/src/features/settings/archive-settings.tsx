import { Button, Stack, Text } from '@mantine/core';
import { cancelRestore, listArchiveObjects, listRestores, type ArchiveObject, type Restore } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconArchive } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter } from '../../components/filter-bar';
import { ListTable } from '../../components/list-table';
import { PageSkeleton } from '../../components/page-skeleton';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { listQuery, useList, type ListState } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { localTime } from '../../lib/time';
import { settings as wording } from '../../text/settings.text';
import { RestoreForm } from './restore-form';
import { ARCHIVED_KINDS } from './settings.routes';

const route = getRouteApi('/shell/settings');
const words = wording.archive;
const UNDER_WAY: ReadonlySet<string> = new Set(['queued', 'running']);

export function ArchiveSettings() {
  const restores = useList(
    listQuery<Restore>(['restores'], (cursor) => answerOf(listRestores({ query: { limit: 50, cursor } }))),
    5_000,
  );
  // There may be none or many: what comes below them waits.
  if (restores.isFirstLook) return <PageSkeleton sections={[160, 320]} />;
  return (
    <Stack gap="lg">
      <Restores restores={restores} />
      <Objects />
    </Stack>
  );
}

const whatOf = ({ named, from, to }: Restore): string =>
  named === null ? [from, to].map((at) => (at === null ? '' : localTime(at))).join(' – ') : words.named(count(named));

function restoreColumns(mayStop: boolean): readonly Column<Restore>[] {
  return [
    {
      id: 'created',
      title: words.columns.created,
      width: '96px',
      cell: (row) => <Time at={row.created_at} ago size="sm" />,
    },
    {
      id: 'status',
      title: words.columns.status,
      width: '104px',
      cell: (row) => <StatusBadge status={row.status} why={row.error} />,
    },
    { id: 'what', title: words.columns.what, width: 'minmax(110px, 1.4fr)', wideOnly: true, cell: whatOf },
    {
      id: 'restored',
      title: words.columns.restored,
      width: 'minmax(60px, 0.8fr)',
      alignEnd: true,
      cell: (row) => words.of(count(row.restored), count(row.matched)),
    },
    {
      id: 'reason',
      title: words.columns.reason,
      width: 'minmax(110px, 2fr)',
      wideOnly: true,
      cell: (row) => row.reason,
    },
    ...(mayStop
      ? [
          {
            id: 'end',
            title: words.columns.end,
            width: '100px',
            wideOnly: true,
            alignEnd: true,
            cell: (row: Restore) => UNDER_WAY.has(row.status) && <Stop id={row.id} />,
          },
        ]
      : []),
  ];
}

function Restores({ restores }: { readonly restores: ListState<Restore> }) {
  const may = useMay();
  const [isOpen, modal] = useDisclosure(false);
  return (
    <Section
      title={words.restores}
      actions={
        may('replay') && (
          <Button size="sm" onClick={modal.open}>
            {words.start}
          </Button>
        )
      }
    >
      <Text size="sm" c="dimmed">
        {words.restoresHint}
      </Text>
      <ListTable
        list={restores}
        label={words.restores}
        columns={restoreColumns(may('replay'))}
        rowKey={(row) => row.id}
        rowHeight={52}
        height={320}
        empty={<Text size="sm">{words.emptyRestores}</Text>}
      />
      <Dialog opened={isOpen} onClose={modal.close} title={words.start}>
        <RestoreForm onStarted={modal.close} />
      </Dialog>
    </Section>
  );
}

function Stop({ id }: { readonly id: string }) {
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => answerOf(cancelRestore({ path: { id } })),
    onSettled: () => client.invalidateQueries({ queryKey: ['restores'] }),
  });
  return (
    <ConfirmButton
      label={words.cancel}
      title={words.confirmCancel.title}
      body={words.confirmCancel.body}
      isPending={stop.isPending}
      onConfirm={() => stop.mutateAsync()}
    />
  );
}

const OBJECT_COLUMNS: readonly Column<ArchiveObject>[] = [
  { id: 'day', title: words.objectColumns.day, width: '104px', cell: ({ day }) => <time dateTime={day}>{day}</time> },
  {
    id: 'kind',
    title: words.objectColumns.kind,
    width: 'minmax(90px, 1fr)',
    cell: ({ kind }) => words.kinds[kind] ?? kind,
  },
  { id: 'rows', title: words.objectColumns.rows, width: '80px', alignEnd: true, cell: ({ rows }) => count(rows) },
  {
    id: 'size',
    title: words.objectColumns.size,
    width: '110px',
    alignEnd: true,
    wideOnly: true,
    cell: ({ bytes_stored: bytes }) => bytesOf(bytes),
  },
  {
    id: 'key',
    title: words.objectColumns.key,
    width: 'minmax(160px, 3fr)',
    wideOnly: true,
    cell: ({ key }) => <span title={key}>{key}</span>,
  },
];

const size = new Intl.NumberFormat('en', { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });
const bytesOf = (bytes: number): string => size.format(bytes / 1_000);

function Objects() {
  const { kind } = route.useSearch();
  const navigate = route.useNavigate();
  const objects = useList(
    listQuery<ArchiveObject>(['archive-objects', kind ?? 'all'], (cursor) =>
      answerOf(listArchiveObjects({ query: { kind, limit: 100, cursor } })),
    ),
  );
  return (
    <Section title={words.objects}>
      <ChoiceFilter
        label={words.kind}
        choices={ARCHIVED_KINDS}
        nameOf={(choice) => words.kinds[choice] ?? choice}
        value={kind}
        onChange={(chosen) => void navigate({ search: (now) => ({ ...now, kind: chosen }), replace: true })}
      />
      <ListTable
        list={objects}
        label={words.objects}
        columns={OBJECT_COLUMNS}
        rowKey={(row) => row.id}
        height={400}
        empty={<EmptyState icon={<IconArchive />} title={words.emptyObjects.title} hint={words.emptyObjects.hint} />}
      />
    </Section>
  );
}
