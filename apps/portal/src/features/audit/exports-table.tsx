import { Anchor, Group, Progress } from '@mantine/core';
import { type AuditExport } from '@hub/api-client';
import { IconFileExport } from '@tabler/icons-react';
import { type Column } from '../../components/data-table';
import { EmptyState } from '../../components/empty-state';
import { ListTable } from '../../components/list-table';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useList } from '../../lib/pages';
import { govern } from '../../text/govern.text';
import { exportFile, exportsQuery, type ExportedChain } from './exported-chain';
import { type Check } from './use-check';

const words = govern.audit.exports;
const LOOK_EVERY_MS = 2_000;

/** On a phone they just fit, the download in reach without scrolling. */
const columnsFor = (check: (chosen: AuditExport) => void): readonly Column<AuditExport>[] => [
  { id: 'status', title: words.columns.status, width: '92px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'format',
    title: words.columns.format,
    width: '90px',
    wideOnly: true,
    cell: ({ format }) => words.formats[format],
  },
  {
    id: 'records',
    title: words.columns.records,
    width: 'minmax(62px, 1fr)',
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
    width: '120px',
    alignEnd: true,
    cell: (row) =>
      row.download === null ? null : (
        <Group gap={6} justify="flex-end" wrap="nowrap">
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

/** How far each has got, and where it is fetched and checked once it is there. */
export function ExportsTable({ chain, check }: { readonly chain: ExportedChain; readonly check: Check }) {
  const columns = columnsFor(
    (row) => row.download !== null && check.mutate({ name: exportFile(row), download: row.download }),
  );
  const exports = useList(exportsQuery(chain), LOOK_EVERY_MS);
  return (
    <ListTable
      list={exports}
      label={words.title}
      columns={columns}
      height={360}
      rowKey={(row) => row.id}
      empty={<EmptyState icon={<IconFileExport />} title={words.empty.title} hint={words.empty.hint} />}
    />
  );
}
