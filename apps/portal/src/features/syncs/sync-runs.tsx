import { Alert, Button, Card, Group, Text } from '@mantine/core';
import { type SyncRun } from '@hub/api-client';
import { IconHistory } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { type Column } from '../../components/data-table';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Facts } from '../../components/facts';
import { ChoiceFilter, FilterBar } from '../../components/filter-bar';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useList } from '../../lib/pages';
import { duration } from '../../lib/time';
import { text } from '../../text';
import { syncs as wording } from '../../text/syncs.text';
import { AllowDeletions } from './allow-deletions';
import { runsQuery, type RunFilters } from './syncs.queries';
import { RUN_KINDS, RUN_STATUSES } from './syncs.routes';

const route = getRouteApi('/shell/syncs/$syncId');
const words = wording.detail.runs;
const { columns } = words;

const COLUMNS: readonly Column<SyncRun>[] = [
  { id: 'status', title: columns.status, width: '104px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'kind',
    title: columns.kind,
    width: 'minmax(80px, 1fr)',
    cell: ({ kind }) => words.kinds[kind] ?? kind,
  },
  {
    id: 'started',
    title: columns.started,
    width: '105px',
    wideOnly: true,
    cell: (row) => <Time at={row.started_at ?? row.created_at} ago size="sm" />,
  },
  { id: 'took', title: columns.duration, width: '90px', wideOnly: true, alignEnd: true, cell: (row) => took(row) },
  {
    id: 'seen',
    title: columns.seen,
    width: '80px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ records }) => count(records.seen),
  },
  { id: 'events', title: columns.events, width: '90px', alignEnd: true, cell: ({ records }) => count(records.events) },
  {
    id: 'failed',
    title: columns.failed,
    width: '80px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ records }) => count(records.failed),
  },
  {
    id: 'error',
    title: columns.error,
    width: 'minmax(100px, 2fr)',
    wideOnly: true,
    cell: ({ error }) =>
      error === null ? null : (
        <Text size="sm" c="dimmed" truncate title={error.message}>
          {error.message}
        </Text>
      ),
  },
];

function took({ started_at: from, ended_at: to }: SyncRun): string {
  return from === null || to === null ? '' : duration(Date.parse(to) - Date.parse(from));
}

/** Runs with their progress; the one in the address is told in full. */
export function SyncRuns({ syncId }: { readonly syncId: string }) {
  const { run: opened, ...filters } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useList(runsQuery(syncId, filters), 3_000);
  const change = (wanted: Partial<RunFilters> & { run?: string }): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true, resetScroll: false });
  const run = list.rows.find(({ id }) => id === opened);
  const { empty } = words;
  return (
    <Section title={words.title}>
      <FilterBar
        isFiltered={filters.kind !== undefined || filters.status !== undefined}
        onClear={() => change({ kind: undefined, status: undefined })}
      >
        <ChoiceFilter
          label={words.filters.kind}
          choices={RUN_KINDS}
          nameOf={(kind) => words.kinds[kind] ?? kind}
          value={filters.kind}
          onChange={(kind) => change({ kind })}
        />
        <ChoiceFilter
          label={words.filters.status}
          choices={RUN_STATUSES}
          value={filters.status}
          onChange={(status) => change({ status })}
        />
      </FilterBar>
      {run !== undefined && <OneRun run={run} onClose={() => change({ run: undefined })} />}
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        rowKey={(row) => row.id}
        onOpen={({ id }) => change({ run: id })}
        height={360}
        empty={<EmptyState icon={<IconHistory />} title={empty.title} hint={empty.hint} />}
      />
    </Section>
  );
}

function OneRun({ run, onClose }: { readonly run: SyncRun; readonly onClose: () => void }) {
  const { facts } = words;
  const { records } = run;
  return (
    <Card withBorder radius="md" padding="md" role="region" aria-label={words.one}>
      <Group justify="space-between" mb="sm">
        <Group gap="xs">
          <StatusBadge status={run.status} />
          <Text fw={600}>{words.kinds[run.kind] ?? run.kind}</Text>
          <Text size="sm" c="dimmed">
            {took(run)}
          </Text>
        </Group>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {words.close}
        </Button>
      </Group>
      {run.error !== null && (
        <Alert color="red" variant="light" mb="sm">
          {run.error.message}
          <AllowDeletions key={run.id} run={run} />
        </Alert>
      )}
      <Facts
        facts={[
          { name: facts.id, value: <Id value={run.id} short /> },
          { name: facts.planned, value: <Time at={run.created_at} size="sm" /> },
          { name: facts.from, value: run.from && <Time at={run.from} size="sm" /> },
          { name: facts.waiting, value: run.waiting_until && <Time at={run.waiting_until} ago ahead size="sm" /> },
          { name: facts.phase, value: run.phase === 'missing' && run.ended_at === null ? text.common.yes : null },
          { name: facts.pages, value: count(run.pages) },
          { name: facts.seen, value: count(records.seen) },
          { name: facts.events, value: count(records.events) },
          { name: facts.duplicates, value: count(records.duplicates) },
          { name: facts.echoes, value: count(records.echoes) },
          { name: facts.unchanged, value: count(records.unchanged) },
          { name: facts.unmapped, value: count(records.unmapped) },
          { name: facts.failed, value: count(records.failed) },
        ]}
      />
    </Card>
  );
}
