import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { startReplay } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { inputTime } from '../../lib/time';
import { text } from '../../text';

const words = text.repair.missing;
const DAY_MS = 86_400_000;

/** Has a route take what it missed: events that were accepted before it was made, switched on or mended. */
export function DeliverEarlierButton({ routeId }: { readonly routeId: string }) {
  const [isOpen, modal] = useDisclosure(false);
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {words.open}
      </Button>
      <Modal opened={isOpen} onClose={modal.close} title={words.title}>
        <DeliverEarlierForm routeId={routeId} />
      </Modal>
    </>
  );
}

function DeliverEarlierForm({ routeId }: { readonly routeId: string }) {
  const [from, setFrom] = useState(() => inputTime(Date.now() - DAY_MS));
  const [to, setTo] = useState(() => inputTime(Date.now() + 60_000));
  const [isDryRun, setDryRun] = useState(true);
  const [rate, setRate] = useState<number | string>('');
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () =>
      answerOf(
        startReplay({
          body: {
            missing: { route_id: routeId, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
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
        <TextInput
          label={words.from}
          type="datetime-local"
          required
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          label={words.to}
          type="datetime-local"
          required
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Checkbox
          label={words.dryRun}
          checked={isDryRun}
          onChange={(event) => setDryRun(event.currentTarget.checked)}
        />
        <NumberInput
          label={text.repair.replay.rate}
          description={text.repair.replay.rateHint}
          min={1}
          max={1_000}
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
            {text.repair.replay.go}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
