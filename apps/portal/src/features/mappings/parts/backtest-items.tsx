import { Anchor, Button, Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { type Backtest, type BacktestItem } from '@hub/api-client';
import { Link } from '@tanstack/react-router';
import { Id } from '../../../components/copy-button';
import { Listed } from '../../../components/list-table';
import { StatusBadge } from '../../../components/status-badge';
import { useList } from '../../../lib/pages';
import { text } from '../../../text';
import { mappings as wording } from '../../../text/mappings.text';
import { backtestItemsQuery } from '../mappings.queries';
import { type BacktestOutcome } from './backtest-summary';
import { Differences } from './differences';
import classes from './parts.module.css';

const words = wording.backtest;

export interface BacktestItemsProps {
  readonly backtest: Backtest;
  readonly outcome: string | undefined;
  readonly onOutcome: (outcome: string | undefined) => void;
  /** Opens the event as the sample. */
  readonly onOpen: (trackingId: string) => void;
}

/** Event by event: what the draft makes of it that the published version does not. */
export function BacktestItems({ backtest, outcome, onOutcome, onOpen }: BacktestItemsProps) {
  const chosen = (Object.keys(words.outcomes) as BacktestOutcome[]).find((one) => one === outcome);
  const list = useList(
    backtestItemsQuery(
      backtest.mapping_id,
      backtest.id,
      chosen === undefined ? {} : { outcome: chosen },
      backtest.compared,
    ),
  );
  const { rows, isLoading, hasMore, more } = list;
  return (
    <Stack gap="xs">
      <Select
        size="sm"
        w={220}
        label={words.items}
        placeholder={words.all}
        clearable
        data={Object.entries(words.outcomes).map(([value, label]) => ({ value, label }))}
        value={chosen ?? null}
        onChange={(value) => onOutcome(value ?? undefined)}
      />
      <Listed list={list}>
        {isLoading && rows.length === 0 ? (
          <Skeleton height={160} />
        ) : rows.length === 0 ? (
          <Text c="dimmed">{words.noItems}</Text>
        ) : (
          <ul className={`${classes.list} ${classes.frame}`}>
            {rows.map((item) => (
              <Item key={item.number} item={item} onOpen={() => onOpen(item.tracking_id)} />
            ))}
          </ul>
        )}
      </Listed>
      {hasMore && (
        <Button size="sm" variant="default" onClick={more}>
          {text.common.more}
        </Button>
      )}
    </Stack>
  );
}

function Item({ item, onOpen }: { readonly item: BacktestItem; readonly onOpen: () => void }) {
  const { outcome, differences, draft, published } = item;
  const isOfDraft = draft.outcome === 'failed';
  const failed = isOfDraft ? draft.error : published.error;
  return (
    <li className={classes.item}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <StatusBadge status={words.outcomes[outcome] ?? outcome} />
            <Anchor component={Link} to={`/events/${item.tracking_id}`} size="sm">
              {item.event_type}
            </Anchor>
            <Id value={item.event_id ?? item.tracking_id} />
          </Group>
          <Button size="compact-sm" variant="default" onClick={onOpen}>
            {wording.golden.open}
          </Button>
        </Group>
        {failed !== null && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {!isOfDraft && <b>{words.failedBefore}: </b>}
            {failed.message ?? failed.code}
            {failed.line !== null && ` (${wording.editor.position(failed.line, failed.column ?? 1)})`}
          </Text>
        )}
        {differences === null ? (
          <Text size="xs" c="dimmed">
            {words.withheld}
          </Text>
        ) : (
          differences.length > 0 && <Differences differences={differences} total={item.difference_count} />
        )}
      </Stack>
    </li>
  );
}
