import { Stack, Text } from '@mantine/core';
import { type Backtest, type Mapping, type MappingVersionResponse } from '@hub/api-client';
import { IconFlask } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Column } from '../../../components/data-table';
import { ListTable } from '../../../components/list-table';
import { Loaded } from '../../../components/loaded';
import { EmptyState } from '../../../components/empty-state';
import { Section } from '../../../components/section';
import { StatusBadge } from '../../../components/status-badge';
import { Time } from '../../../components/time';
import { count } from '../../../lib/number';
import { useList } from '../../../lib/pages';
import { useMay } from '../../../lib/session';
import { mappings as wording } from '../../../text/mappings.text';
import { type Draft } from '../editor/mapping-editor';
import { backtestQuery, backtestsQuery, goesOn } from '../mappings.queries';
import { type MappingSearch } from '../mappings.routes';
import { parsedObject } from '../model/json-text';
import { BacktestItems } from './backtest-items';
import { BacktestSummary } from './backtest-summary';
import { StartBacktest } from './start-backtest';

const words = wording.backtest;
const LOOK_EVERY_MS = 2_000;

const COLUMNS: readonly Column<Backtest>[] = [
  { id: 'status', title: words.columns.status, width: '104px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'version',
    title: words.columns.version,
    width: 'minmax(80px, 1fr)',
    cell: ({ version }) => (version === null ? words.draft : wording.publishedVersion(version)),
  },
  {
    id: 'result',
    title: words.columns.result,
    width: 'minmax(120px, 2fr)',
    wideOnly: true,
    cell: ({ totals }) =>
      Object.entries(totals)
        .filter(([, number]) => number > 0)
        .map(([outcome, number]) => `${words.outcomes[outcome] ?? outcome}: ${count(number)}`)
        .join(', '),
  },
  {
    id: 'compared',
    title: words.columns.compared,
    width: '90px',
    alignEnd: true,
    cell: ({ compared }) => count(compared),
  },
  {
    id: 'created',
    title: words.columns.created,
    width: '110px',
    wideOnly: true,
    alignEnd: true,
    cell: ({ created_at: at }) => <Time at={at} ago size="sm" />,
  },
];

export interface BacktestsTabProps {
  readonly mapping: Mapping;
  readonly version: MappingVersionResponse;
  /** What is written and not saved, if anything. */
  readonly draft: Draft | null;
  readonly search: MappingSearch;
  readonly onSearch: (search: Partial<MappingSearch>) => void;
}

export function BacktestsTab({ mapping, version, draft, search, onSearch }: BacktestsTabProps) {
  const mayWrite = useMay()('config:write');
  const list = useList(backtestsQuery(mapping.id), (rows) => (rows.some(goesOn) ? LOOK_EVERY_MS : undefined));
  const show = (backtest: string): void => onSearch({ backtest, outcome: undefined });
  const what =
    draft === null
      ? { version: version.version }
      : { expression: draft.expression, tables: { ...(parsedObject(draft.tables) ?? {}) } };
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {words.description}
      </Text>
      {mayWrite && (
        <StartBacktest
          mappingId={mapping.id}
          label={draft === null ? words.startOn(version.version) : words.startDraft}
          what={what}
          onStarted={({ id }) => show(id)}
        />
      )}
      {search.backtest !== undefined && (
        <One
          mappingId={mapping.id}
          id={search.backtest}
          outcome={search.outcome}
          onOutcome={(outcome) => onSearch({ outcome })}
          onOpen={(event) => onSearch({ event, tab: undefined })}
        />
      )}
      <ListTable
        list={list}
        label={words.title}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        onOpen={({ id }) => show(id)}
        height={300}
        empty={<EmptyState icon={<IconFlask />} title={words.empty.title} hint={words.empty.hint} />}
      />
    </Stack>
  );
}

interface OneProps {
  readonly mappingId: string;
  readonly id: string;
  readonly outcome: string | undefined;
  readonly onOutcome: (outcome: string | undefined) => void;
  readonly onOpen: (trackingId: string) => void;
}

function One({ mappingId, id, outcome, onOutcome, onOpen }: OneProps) {
  return (
    <Section title={words.columns.result}>
      <Loaded query={useQuery(backtestQuery(mappingId, id))} height={120}>
        {(backtest) => (
          <>
            <BacktestSummary backtest={backtest} />
            <BacktestItems backtest={backtest} outcome={outcome} onOutcome={onOutcome} onOpen={onOpen} />
          </>
        )}
      </Loaded>
    </Section>
  );
}
