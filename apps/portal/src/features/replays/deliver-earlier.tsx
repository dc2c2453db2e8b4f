import { Button, Stack, Text } from '@mantine/core';
import { startReplay } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { inputTime } from '../../lib/time';
import { text } from '../../text';
import { FIRST_MANNER, mannerOf, ReplayFields } from './replay-fields';

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
      <Dialog opened={isOpen} onClose={modal.close} title={words.title}>
        <DeliverEarlierForm routeId={routeId} />
      </Dialog>
    </>
  );
}

function DeliverEarlierForm({ routeId }: { readonly routeId: string }) {
  const [from, setFrom] = useState(() => inputTime(hubNow() - DAY_MS));
  const [to, setTo] = useState(() => inputTime(hubNow() + 60_000));
  const [manner, setManner] = useState(FIRST_MANNER);
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () =>
      answerOf(
        startReplay({
          body: {
            missing: { route_id: routeId, from: new Date(from).toISOString(), to: new Date(to).toISOString() },
            ...mannerOf(manner),
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
    <Form onSubmit={submit}>
      <Stack gap="md">
        <Text size="sm">{words.body}</Text>
        <TimeField label={words.from} required value={from} onChange={setFrom} />
        <TimeField label={words.to} required value={to} onChange={setTo} />
        <ReplayFields value={manner} onChange={setManner} error={start.error} isPending={start.isPending} />
      </Stack>
    </Form>
  );
}
