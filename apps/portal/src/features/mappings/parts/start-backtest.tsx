import { Button, Group, Stack } from '@mantine/core';
import { startBacktest, type Backtest, type CreateBacktestRequest } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { NumberField } from '../../../components/number-field';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { mappings as wording } from '../../../text/mappings.text';

const words = wording.backtest;
const USUAL = 200;
const MOST = 1_000;

export interface StartBacktestProps {
  readonly mappingId: string;
  readonly label: string;
  /** A version, or an expression with its tables. */
  readonly what: Pick<CreateBacktestRequest, 'version' | 'expression' | 'tables'>;
  readonly onStarted: (backtest: Backtest) => void;
}

export function StartBacktest({ mappingId, label, what, onStarted }: StartBacktestProps) {
  const [limit, setLimit] = useState<number | string>(USUAL);
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => answerOf(startBacktest({ path: { id: mappingId }, body: { ...what, limit: Number(limit) } })),
    onSuccess: async (backtest) => {
      client.setQueryData(['mapping', mappingId, 'backtest', backtest.id], backtest);
      await client.invalidateQueries({ queryKey: ['mapping', mappingId, 'backtests'] });
      onStarted(backtest);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Stack gap="xs">
        <Group gap="xs" align="flex-end">
          <NumberField
            size="sm"
            label={words.limit}
            required
            min={1}
            max={MOST}
            w={170}
            value={limit}
            onChange={setLimit}
          />
          <Button type="submit" size="sm" loading={start.isPending}>
            {label}
          </Button>
        </Group>
        {start.error !== null && <ProblemAlert error={start.error} />}
      </Stack>
    </form>
  );
}
