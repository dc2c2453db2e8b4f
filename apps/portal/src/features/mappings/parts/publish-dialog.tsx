import { Alert, Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { publishMapping, type Backtest, type Mapping, type MappingVersionResponse } from '@hub/api-client';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog';
import { DialogButtons } from '../../../components/dialog-buttons';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { useList } from '../../../lib/pages';
import { mappings as wording } from '../../../text/mappings.text';
import { backtestQuery, backtestsQuery } from '../mappings.queries';
import { BacktestSummary } from './backtest-summary';
import { StartBacktest } from './start-backtest';
import { useGoldenRuns } from './use-golden-run';

const words = wording.publish;
/** One that was cut short has said nothing of the events that it did not come to. */
const TELLS: ReadonlySet<string> = new Set<Backtest['status']>(['queued', 'running', 'succeeded']);

export interface PublishDialogProps {
  readonly mapping: Mapping;
  readonly version: MappingVersionResponse;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}

/** What the golden cases say and what real events would come to, before the version counts. */
export function PublishDialog({ mapping, version, onClose, onPublished }: PublishDialogProps) {
  const client = useQueryClient();
  const backtest = useLastBacktest(mapping.id, version);
  const { runs, holds } = useGoldenRuns(mapping.id, version);
  const publish = useMutation({
    mutationFn: () =>
      answerOf(
        publishMapping({
          path: { id: mapping.id },
          body: { version: version.version, expected_version: mapping.published_version },
        }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['mapping', mapping.id] });
      void client.invalidateQueries({ queryKey: ['mappings'] });
      onPublished();
    },
  });
  const failing = backtest.data?.totals.now_failing ?? 0;
  const isTested = backtest.data?.status === 'succeeded';
  const isCutShort = backtest.data !== undefined && !TELLS.has(backtest.data.status);
  const broken = runs.filter(({ result }) => result?.holds === false);
  return (
    <Dialog opened onClose={onClose} title={words.title(version.version)} size="lg">
      <Stack gap="md">
        <Text size="sm">{words.body(mapping.published_version, version.version)}</Text>
        <div>
          <Title order={3} size="h5" mb={4}>
            {words.cases}
          </Title>
          {runs.length === 0 ? (
            <Text size="sm" c="dimmed">
              {words.noCases}
            </Text>
          ) : (
            <Group gap={6} role="status">
              {broken.length === 0 ? <IconCheck size={16} aria-hidden /> : <IconAlertTriangle size={16} aria-hidden />}
              <Text size="sm">{wording.golden.summary(holds, runs.length)}</Text>
            </Group>
          )}
          <List size="sm">
            {broken.map(({ golden }) => (
              <List.Item key={golden.id}>{golden.name}</List.Item>
            ))}
          </List>
        </div>
        <div>
          <Title order={3} size="h5" mb={4}>
            {words.backtest}
          </Title>
          <Stack gap="xs">
            {backtest.data === undefined ? (
              <Text size="sm" c="dimmed">
                {words.noBacktest}
              </Text>
            ) : (
              <BacktestSummary backtest={backtest.data} />
            )}
            {(backtest.data === undefined || isCutShort) && (
              <StartBacktest
                mappingId={mapping.id}
                label={wording.backtest.start}
                what={{ version: version.version }}
                onStarted={backtest.onStarted}
              />
            )}
          </Stack>
          {failing > 0 && (
            <Alert color="red" variant="light" icon={<IconAlertTriangle />} mt="xs">
              {words.failing(failing)}
            </Alert>
          )}
        </div>
        {publish.error !== null && <ProblemAlert error={publish.error} />}
        <DialogButtons>
          <Button
            color={failing > 0 ? 'red' : undefined}
            loading={publish.isPending}
            disabled={broken.length > 0}
            onClick={() => publish.mutate()}
          >
            {isTested ? words.confirm : words.anyway}
          </Button>
        </DialogButtons>
      </Stack>
    </Dialog>
  );
}

interface LastBacktest {
  readonly data: Backtest | undefined;
  readonly onStarted: (backtest: Backtest) => void;
}

/** Of exactly this content, also when it was run before it was saved as a version. */
function useLastBacktest(mappingId: string, { content_hash: content }: MappingVersionResponse): LastBacktest {
  const [started, setStarted] = useState<string | null>(null);
  const { rows } = useList(backtestsQuery(mappingId));
  const id = started ?? rows.find((row) => row.content_hash === content && TELLS.has(row.status))?.id;
  const { data } = useQuery({ ...backtestQuery(mappingId, id ?? ''), enabled: id !== undefined });
  return { data, onStarted: (backtest) => setStarted(backtest.id) };
}
