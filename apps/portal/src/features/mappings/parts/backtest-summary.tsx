import { Alert, Badge, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { cancelBacktest, type Backtest } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemAlert } from '../../../components/problem-alert';
import { StatusBadge } from '../../../components/status-badge';
import { Time } from '../../../components/time';
import { answerOf } from '../../../lib/api';
import { count } from '../../../lib/number';
import { useMay } from '../../../lib/session';
import { mappings as wording } from '../../../text/mappings.text';
import { goesOn } from '../mappings.queries';

const words = wording.backtest;
export type BacktestOutcome = keyof Backtest['totals'];

const COLORS: Readonly<Partial<Record<BacktestOutcome, string>>> = {
  unchanged: 'teal',
  changed: 'yellow',
  now_failing: 'red',
  now_fixed: 'teal',
  still_failing: 'red',
};

/** How far it is, and how many events come out as they did, otherwise or not at all. */
export function BacktestSummary({ backtest }: { readonly backtest: Backtest }) {
  const may = useMay();
  const client = useQueryClient();
  const { id, mapping_id: mappingId, compared, limit, stopped_because: stopped, error } = backtest;
  const cancel = useMutation({
    mutationFn: () => answerOf(cancelBacktest({ path: { id: mappingId, backtest_id: id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['mapping', mappingId, 'backtest', id] }),
  });
  const isGoing = goesOn(backtest);
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <StatusBadge status={backtest.status} />
        <Text size="sm">
          {backtest.version === null ? words.draft : words.version(backtest.version)}{' '}
          {words.against(backtest.base_version)}
        </Text>
        <Time at={backtest.created_at} ago size="sm" c="dimmed" />
      </Group>
      <Group gap="sm" wrap="nowrap">
        <Progress
          style={{ flex: 1 }}
          value={isGoing ? (compared / limit) * 100 : 100}
          animated={isGoing}
          aria-label={words.progress(count(compared), count(limit))}
        />
        {isGoing && may('config:write') && (
          <Button size="compact-sm" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {words.cancel}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed" aria-live="polite">
        {!isGoing && compared === 0 && error === null ? words.nothing : words.progress(count(compared), count(limit))}
        {stopped !== null && ` ${words.stopped[stopped] ?? ''}`}
      </Text>
      <Totals totals={backtest.totals} />
      {error !== null && (
        <Alert color="red" variant="light">
          {error.message}
        </Alert>
      )}
      {cancel.error !== null && <ProblemAlert error={cancel.error} />}
    </Stack>
  );
}

function Totals({ totals }: { readonly totals: Backtest['totals'] }) {
  const shown = Object.entries(totals).filter(([, number]) => number > 0) as [BacktestOutcome, number][];
  return (
    <Group gap={6}>
      {shown.map(([outcome, number]) => (
        <Badge key={outcome} color={COLORS[outcome] ?? 'gray'} variant="light" radius="sm" tt="none" size="lg">
          {words.outcomes[outcome]}: {count(number)}
        </Badge>
      ))}
    </Group>
  );
}
