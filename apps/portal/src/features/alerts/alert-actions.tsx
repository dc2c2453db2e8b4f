import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { acknowledgeAlert, muteAlert, unmuteAlert, type Alert } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { alerts as wording } from '../../text/alerts.text';

const words = wording;
const HOURS = ['1', '8', '24', '168', '720'] as const;

export const isMuted = ({ muted_until: until }: Pick<Alert, 'muted_until'>): boolean =>
  until !== null && Date.parse(until) > hubNow();

/** What can be done about an alert that is not over yet. */
export function AlertActions({ alert }: { readonly alert: Pick<Alert, 'id' | 'status' | 'muted_until'> }) {
  const client = useQueryClient();
  const unmute = useMutation({
    mutationFn: () => answerOf(unmuteAlert({ path: { id: alert.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  });
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {alert.status === 'open' && <Acknowledge id={alert.id} />}
        {isMuted(alert) ? (
          <Button size="sm" variant="default" loading={unmute.isPending} onClick={() => unmute.mutate()}>
            {words.unmute}
          </Button>
        ) : (
          alert.status !== 'resolved' && <Mute id={alert.id} />
        )}
      </Group>
      {unmute.error !== null && <ProblemAlert error={unmute.error} />}
    </Stack>
  );
}

function Acknowledge({ id }: { readonly id: string }) {
  const [isOpen, modal] = useDisclosure(false);
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const acknowledge = useMutation({
    mutationFn: () => answerOf(acknowledgeAlert({ path: { id }, body: note.trim() === '' ? {} : { note } })),
    onSuccess: async () => {
      modal.close();
      await client.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    acknowledge.mutate();
  };
  return (
    <>
      <Button size="sm" onClick={modal.open}>
        {words.acknowledge}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={words.acknowledge}>
        <Form onSubmit={submit}>
          <Stack gap="sm">
            <Text size="sm">{words.acknowledgeBody}</Text>
            <Textarea
              label={words.note}
              description={words.noteHint}
              autosize
              minRows={2}
              maxLength={1_000}
              data-autofocus
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            {acknowledge.error !== null && <ProblemAlert error={acknowledge.error} />}
            <Button type="submit" loading={acknowledge.isPending}>
              {words.acknowledge}
            </Button>
          </Stack>
        </Form>
      </Dialog>
    </>
  );
}

function Mute({ id }: { readonly id: string }) {
  const [isOpen, modal] = useDisclosure(false);
  const [hours, setHours] = useState<string>('8');
  const client = useQueryClient();
  const mute = useMutation({
    mutationFn: () => {
      // A minute short of the longest that is allowed: a clock is known to the second, and an answer takes its time.
      const until = new Date(hubNow() + Number(hours) * 3_600_000 - 60_000).toISOString();
      return answerOf(muteAlert({ path: { id }, body: { until } }));
    },
    onSuccess: async () => {
      modal.close();
      await client.invalidateQueries({ queryKey: ['alerts'] });
    },
  });
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {words.mute}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={words.mute}>
        <Stack gap="sm">
          <Text size="sm">{words.muteBody}</Text>
          <Select
            label={words.muteFor}
            data={HOURS.map((value) => ({ value, label: words.muteHours[value] ?? value }))}
            value={hours}
            allowDeselect={false}
            onChange={(value) => value !== null && setHours(value)}
          />
          {mute.error !== null && <ProblemAlert error={mute.error} />}
          <Button loading={mute.isPending} onClick={() => mute.mutate()}>
            {words.mute}
          </Button>
        </Stack>
      </Dialog>
    </>
  );
}
