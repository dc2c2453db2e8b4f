import { Anchor, Button, Group, Progress, Select, Stack, Text } from '@mantine/core';
import { createAuditExport, listAuditExports, type AuditExport } from '@hub/api-client';
import { IconFileExport } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { DataTable, type Column } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SetFilters } from '../../components/set-filters';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { listQuery, useList } from '../../lib/pages';
import { text } from '../../text';
import { useCheck } from './use-check';
import { VerifyExport } from './verify-export';

const route = getRouteApi('/shell/audit/exports');
const words = text.govern.audit.exports;
const { q, action, outcome, from, to } = text.govern.audit.filters;

const columnsFor = (check: (chosen: AuditExport) => void): readonly Column<AuditExport>[] => [
  { id: 'status', title: words.columns.status, width: '120px', cell: ({ status }) => <StatusBadge status={status} /> },
  { id: 'format', title: words.columns.format, width: '90px', wideOnly: true, cell: ({ format }) => format },
  {
    id: 'records',
    title: words.columns.records,
    width: 'minmax(80px, 1fr)',
    cell: ({ progress: { done, total, matched }, status }) =>
      status === 'running' && total !== null ? (
        <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label={words.columns.records} />
      ) : (
        count(matched)
      ),
  },
  {
    id: 'created',
    title: words.columns.created,
    width: '110px',
    wideOnly: true,
    cell: (row) => <Time at={row.created_at} ago size="sm" />,
  },
  {
    id: 'download',
    title: words.columns.download,
    width: '150px',
    alignEnd: true,
    cell: (row) =>
      row.download === null ? null : (
        <Group gap="sm" justify="flex-end" wrap="nowrap">
          <Anchor component="button" type="button" size="sm" onClick={() => check(row)}>
            {words.check}
          </Anchor>
          <Anchor href={row.download} download size="sm">
            {words.download}
          </Anchor>
        </Group>
      ),
  },
];

export function AuditExportsPage() {
  const [format, setFormat] = useState<'jsonl' | 'csv'>('jsonl');
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const isFiltered = Object.keys(filters).length > 0;
  const client = useQueryClient();
  const check = useCheck();
  const columns = columnsFor(
    ({ id, download }) => download !== null && check.mutate({ name: `audit-${id}.tar.gz`, download }),
  );
  const exports = useList(
    listQuery<AuditExport>(['audit-exports'], (cursor) => answerOf(listAuditExports({ query: { limit: 50, cursor } }))),
    2_000,
  );
  const start = useMutation({
    mutationFn: () => answerOf(createAuditExport({ body: isFiltered ? { format, filter: filters } : { format } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['audit-exports'] }),
  });
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <Group gap="xs" align="flex-end">
          <Select
            aria-label={words.columns.format}
            data={['jsonl', 'csv']}
            value={format}
            allowDeselect={false}
            onChange={(value) => setFormat(value === 'csv' ? 'csv' : 'jsonl')}
            w={110}
          />
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {words.start}
          </Button>
        </Group>
      }
    >
      {start.error !== null && <ProblemAlert error={start.error} />}
      {isFiltered && (
        <Stack gap="xs">
          <Text size="sm">{words.filtered}</Text>
          <SetFilters
            values={filters}
            names={{ q, action, outcome, from, to }}
            onRemove={(name) => void navigate({ search: (now) => ({ ...now, [name]: undefined }), replace: true })}
          />
        </Stack>
      )}
      {/* Above the list, whose length is not known at first. */}
      <VerifyExport check={check} />
      {exports.error !== null ? (
        <ProblemAlert error={exports.error} onRetry={exports.refetch} />
      ) : (
        <DataTable
          label={words.title}
          rows={exports.rows}
          columns={columns}
          height={360}
          rowKey={(row) => row.id}
          isLoading={exports.isLoading}
          hasMore={exports.hasMore}
          onMore={exports.more}
          empty={<EmptyState icon={<IconFileExport />} title={words.empty.title} hint={words.empty.hint} />}
        />
      )}
    </Page>
  );
}
