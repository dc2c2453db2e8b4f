import { Button, Stack } from '@mantine/core';
import { listAuditLog, type AuditRecord } from '@hub/api-client';
import { IconFileSearch } from '@tabler/icons-react';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Id } from '../../components/copy-button';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { Facts } from '../../components/facts';
import { ChoiceFilter, FilterBar, TextFilter, TimeFilter } from '../../components/filter-bar';
import { JsonView } from '../../components/json-view';
import { Page } from '../../components/page';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { govern } from '../../text/govern.text';
import { actionPattern } from './action-pattern';
import { OUTCOMES, type AuditFilters } from './audit.routes';

const route = getRouteApi('/shell/audit');
const words = govern.audit;

/** A key is named by its beginning, which says nothing to who does not know that it is one. */
function actorOf({ actor: { type, label, id } }: AuditRecord): string {
  const name = label ?? id;
  return type === 'api_key' ? words.apiKey(name) : name;
}

export const AUDIT_COLUMNS: readonly Column<AuditRecord>[] = [
  { id: 'time', title: words.columns.time, width: '170px', cell: ({ time }) => <Time at={time} size="sm" /> },
  { id: 'action', title: words.columns.action, width: 'minmax(110px, 1fr)', cell: ({ action }) => action },
  { id: 'actor', title: words.columns.actor, width: 'minmax(110px, 1fr)', wideOnly: true, cell: actorOf },
  {
    id: 'target',
    title: words.columns.target,
    width: 'minmax(110px, 1.2fr)',
    wideOnly: true,
    cell: ({ target }) => target.name ?? target.id,
  },
  {
    id: 'outcome',
    title: words.columns.outcome,
    width: '100px',
    wideOnly: true,
    cell: ({ outcome }) => <StatusBadge status={outcome} />,
  },
];

export function AuditPage() {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const [shown, setShown] = useState<AuditRecord | null>(null);
  const asked = { ...filters, action: actionPattern(filters.action) };
  const list = useList(
    listQuery<AuditRecord>(['audit', asked], (cursor) =>
      answerOf(listAuditLog({ query: { ...asked, limit: 100, cursor } })),
    ),
  );
  const change = (wanted: Partial<AuditFilters>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <Button renderRoot={(props) => <Link to="/audit/exports" search={asked} {...props} />} size="sm">
          {words.export}
        </Button>
      }
    >
      <FilterBar isFiltered={isFiltered} onClear={() => void navigate({ search: {}, replace: true })}>
        <TextFilter
          label={words.filters.q}
          placeholder={words.filters.qHint}
          value={filters.q}
          onChange={(q) => change({ q })}
        />
        <TextFilter
          label={words.filters.action}
          placeholder={words.filters.actionHint}
          value={filters.action}
          onChange={(action) => change({ action })}
          width={150}
        />
        <ChoiceFilter
          label={words.filters.outcome}
          choices={OUTCOMES}
          nameOf={(outcome) => words.outcomes[outcome] ?? outcome}
          value={filters.outcome}
          onChange={(outcome) => change({ outcome })}
        />
        <TimeFilter label={words.filters.from} value={filters.from} onChange={(from) => change({ from })} />
        <TimeFilter label={words.filters.to} value={filters.to} onChange={(to) => change({ to })} />
      </FilterBar>
      <ListTable
        list={list}
        label={words.title}
        columns={AUDIT_COLUMNS}
        rowKey={(row) => row.id}
        onOpen={setShown}
        empty={<EmptyState icon={<IconFileSearch />} title={words.empty.title} hint={words.empty.hint} />}
      />
      <Dialog opened={shown !== null} onClose={() => setShown(null)} title={shown?.action ?? ''} size="xl">
        {shown !== null && <AuditRecordDetails record={shown} />}
      </Dialog>
    </Page>
  );
}

export function AuditRecordDetails({ record }: { readonly record: AuditRecord }) {
  const { detail, columns } = words;
  return (
    <Stack gap="sm">
      <Facts
        facts={[
          { name: columns.time, value: <Time at={record.time} size="sm" /> },
          { name: columns.actor, value: actorOf(record) },
          { name: detail.ip, value: record.actor.ip },
          { name: detail.agent, value: record.actor.user_agent },
          { name: columns.target, value: <Id value={record.target.id} /> },
          { name: detail.reason, value: record.reason },
          { name: detail.request, value: record.request_id === null ? null : <Id value={record.request_id} /> },
          { name: detail.seq, value: record.seq },
          { name: detail.hash, value: <Id value={record.hash} short /> },
          { name: detail.prev, value: <Id value={record.prev_hash} short /> },
        ]}
      />
      {record.before != null && <JsonView label={detail.before} value={record.before} maxHeight={220} />}
      {record.after != null && <JsonView label={detail.after} value={record.after} maxHeight={220} />}
      {record.details != null && <JsonView label={detail.details} value={record.details} maxHeight={220} />}
    </Stack>
  );
}
