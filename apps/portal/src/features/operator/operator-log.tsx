import { Stack, Text } from '@mantine/core';
import { type AuditRecord } from '@hub/api-client';
import { IconFileSearch } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../components/dialog';
import { ListTable } from '../../components/list-table';
import { EmptyState } from '../../components/empty-state';
import { ChoiceFilter, FilterBar, TextFilter } from '../../components/filter-bar';
import { useList } from '../../lib/pages';
import { govern } from '../../text/govern.text';
import { operator } from '../../text/operator.text';
import { actionPattern } from '../audit/action-pattern';
import { AUDIT_COLUMNS, AuditRecordDetails } from '../audit/audit.page';
import { operatorLogQuery } from './operator.queries';
import { OUTCOMES, type OperatorView } from './operator.routes';

const route = getRouteApi('/shell/operator');
const words = operator.audit;
const { filters: filterWords, outcomes } = govern.audit;

/** The operators' own chain. */
export function OperatorLog() {
  const { q, action, outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const [shown, setShown] = useState<AuditRecord | null>(null);
  const filters = { q, action, outcome };
  const list = useList(operatorLogQuery({ ...filters, action: actionPattern(action) }));
  const change = (view: OperatorView): void => void navigate({ search: (now) => ({ ...now, ...view }), replace: true });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      <FilterBar
        isFiltered={Object.values(filters).some((value) => value !== undefined)}
        onClear={() => void navigate({ search: { tab: 'audit' }, replace: true })}
      >
        <TextFilter label={filterWords.q} value={q} onChange={(entered) => change({ q: entered })} />
        <TextFilter
          label={filterWords.action}
          placeholder={filterWords.actionHint}
          value={action}
          onChange={(entered) => change({ action: entered })}
          width={180}
        />
        <ChoiceFilter
          label={filterWords.outcome}
          choices={OUTCOMES}
          nameOf={(choice) => outcomes[choice] ?? choice}
          value={outcome}
          onChange={(chosen) => change({ outcome: chosen })}
        />
      </FilterBar>
      <ListTable
        list={list}
        label={operator.tabs.audit}
        columns={AUDIT_COLUMNS}
        rowKey={(row) => row.id}
        onOpen={setShown}
        empty={<EmptyState icon={<IconFileSearch />} title={words.empty.title} hint={words.empty.hint} />}
      />
      <Dialog opened={shown !== null} onClose={() => setShown(null)} title={shown?.action ?? ''} size="xl">
        {shown !== null && <AuditRecordDetails record={shown} />}
      </Dialog>
    </Stack>
  );
}
