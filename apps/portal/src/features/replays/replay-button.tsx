import { Button, Checkbox, Group, Modal, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { startReplay, type StartReplayRequest } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { count as shownCount } from '../../lib/number';
import { text } from '../../text';

const words = text.repair.replay;

export interface ReplayButtonProps {
  readonly filter?: StartReplayRequest['filter'];
  readonly eventIds?: readonly string[];
  readonly count: number;
}

/** Asks how, and why, before anything is sent again; a dry run sends nothing and shows what would be. */
export function ReplayButton({ filter, eventIds, count }: ReplayButtonProps) {
  const [isOpen, modal] = useDisclosure(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {words.start}
      </Button>
      <Modal opened={isOpen} onClose={modal.close} title={words.title(shownCount(count))}>
        <ReplayForm filter={filter} eventIds={eventIds} count={count} />
      </Modal>
    </>
  );
}

function ReplayForm({ filter, eventIds, count }: ReplayButtonProps) {
  const [mapping, setMapping] = useState<'current' | 'original'>('current');
  const [isDryRun, setDryRun] = useState(true);
  const [rate, setRate] = useState<number | string>('');
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () =>
      answerOf(
        startReplay({
          body: {
            ...(eventIds === undefined
              ? { filter: filter ?? {}, expected_count: count }
              : { event_ids: [...eventIds] }),
            mapping,
            dry_run: isDryRun,
            ...(typeof rate === 'number' ? { rate_per_second: rate } : {}),
            reason: reason.trim(),
          },
        }),
      ),
    onSuccess: (job) => navigate({ to: '/replays/$replayId', params: { replayId: job.id } }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{words.body}</Text>
        <Radio.Group
          label={words.mapping}
          value={mapping}
          onChange={(value) => setMapping(value === 'original' ? 'original' : 'current')}
        >
          <Stack gap={6} mt={6}>
            <Radio value="current" label={words.mappings['current']} />
            <Radio value="original" label={words.mappings['original']} />
          </Stack>
        </Radio.Group>
        <Checkbox
          label={words.dryRun}
          checked={isDryRun}
          onChange={(event) => setDryRun(event.currentTarget.checked)}
        />
        <NumberInput
          label={words.rate}
          description={words.rateHint}
          min={1}
          max={10_000}
          value={rate}
          onChange={setRate}
        />
        <TextInput
          label={text.common.reason}
          description={text.common.reasonHint}
          required
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {start.error !== null && <ProblemAlert error={start.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={start.isPending} disabled={reason.trim() === ''}>
            {words.go}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
