import { Anchor, Code, Group, Stack, Text } from '@mantine/core';
import { listReplayItems, type Replay, type ReplayItem } from '@hub/api-client';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { ChoiceFilter, FilterBar } from '../../components/filter-bar';
import { JsonView } from '../../components/json-view';
import { ListTable } from '../../components/list-table';
import { StatusBadge } from '../../components/status-badge';
import { answerOf } from '../../lib/api';
import { listQuery, useList } from '../../lib/pages';
import { text } from '../../text';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { outcomesOf, UNDER_WAY } from './replay-states';
import { type ReplayItemsView } from './replays.routes';

const route = getRouteApi('/shell/replays/$replayId');
const words = text.repair.replays.detail;

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
    cell: (row) => <span title={whyOf(row)}>{whyOf(row)}</span>,
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

function whyOf({ error, message }: ReplayItem): string {
  return error?.message ?? message ?? '';
}

/** Each delivery or event of a replay, and what became of it. */
export function ReplayItems({ replay }: { readonly replay: Replay }) {
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const [shown, setShown] = useState<ReplayItem | null>(null);
  const isOpen = UNDER_WAY.has(replay.status);
  const items = useList(
    listQuery<ReplayItem>(['replay', replay.id, 'items', filters], (cursor) =>
      answerOf(listReplayItems({ path: { id: replay.id }, query: { ...filters, limit: 100, cursor } })),
    ),
    isOpen ? 3_000 : undefined,
  );
  const change = (wanted: Partial<ReplayItemsView>): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true, resetScroll: false });
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return (
    <Stack gap="sm">
      <FilterBar
        isFiltered={isFiltered}
        onClear={() => void navigate({ search: {}, replace: true, resetScroll: false })}
      >
        <ChoiceFilter
          label={words.columns.outcome}
          choices={outcomesOf(replay.dry_run)}
          nameOf={(outcome) => words.outcomes[outcome]}
          value={filters.outcome}
          onChange={(outcome) => change({ outcome })}
        />
        {replay.dry_run && (
          <ChoiceFilter
            label={words.changed}
            choices={['true', 'false'] as const}
            nameOf={(choice) => (choice === 'true' ? text.common.yes : text.common.no)}
            value={filters.changed}
            onChange={(changed) => change({ changed })}
          />
        )}
      </FilterBar>
      <ListTable
        list={items}
        label={words.items}
        columns={COLUMNS}
        rowKey={(row) => row.delivery_id}
        onOpen={setShown}
        empty={<Text c="dimmed">{text.common.none}</Text>}
        height={420}
      />
      <Dialog opened={shown !== null} onClose={() => setShown(null)} title={shown?.event_id ?? ''} size="xl">
        {shown !== null && <Item item={shown} isMissing={replay.missing !== null} />}
      </Dialog>
    </Stack>
  );
}

interface ItemProps {
  readonly item: ReplayItem;
  /** There was no delivery before: what has not been made cannot be opened. */
  readonly isMissing: boolean;
}

function Item({ item, isMissing }: ItemProps) {
  const { advice, error } = item;
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
            {deliveriesText.one}
          </Anchor>
        )}
      </Group>
      {whyOf(item) !== '' && (
        <Text size="sm">
          {whyOf(item)} {error !== null && <Code>{error.code}</Code>}
        </Text>
      )}
      {advice !== null && (
        <Text size="sm" c="dimmed">
          {advice.explanation} {advice.action}
        </Text>
      )}
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
