import { Alert, Button, Group, Menu, Stack, Text } from '@mantine/core';
import { deleteSync, pauseSync, resumeSync, runSync, type RunSyncRequest, type Sync } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Dialog } from '../../components/dialog';
import { DialogButtons } from '../../components/dialog-buttons';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { syncs as wording } from '../../text/syncs.text';

const words = wording.detail;

export function SyncActions({ sync }: { readonly sync: Sync }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isDating, dating] = useDisclosure(false);
  const [isFull, full] = useDisclosure(false);
  const path = { id: sync.id };
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: ['sync', sync.id] });
  const run = useMutation({
    mutationFn: (body: RunSyncRequest) => answerOf(runSync({ path, body })),
    onSettled: () => {
      dating.close();
      full.close();
      return changed();
    },
  });
  const isPaused = sync.status === 'paused';
  const pause = useMutation({
    mutationFn: () => answerOf(isPaused ? resumeSync({ path }) : pauseSync({ path })),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: () => answerOf(deleteSync({ path })),
    onSuccess: async () => {
      void client.invalidateQueries({ queryKey: ['syncs'] });
      await navigate({ to: '/syncs' });
    },
  });
  const failure = run.error ?? pause.error ?? remove.error;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {!isPaused && (
          <>
            <Button size="sm" loading={run.isPending} onClick={() => run.mutate({ mode: 'changes' })}>
              {words.runNow}
            </Button>
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <Button size="sm" variant="default" rightSection={<IconChevronDown size={14} />}>
                  {words.more}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={dating.open}>{words.backfill}</Menu.Item>
                <Menu.Item onClick={full.open}>{words.full}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )}
        <Button size="sm" variant="default" component={Link} to={`/syncs/${sync.id}/edit`}>
          {words.edit}
        </Button>
        <Button size="sm" variant="default" loading={pause.isPending} onClick={() => pause.mutate()}>
          {isPaused ? words.resume : words.pause}
        </Button>
        <ConfirmButton
          label={words.remove}
          title={words.confirmRemove.title}
          body={words.confirmRemove.body}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate()}
        />
      </Group>
      {failure !== null && <ProblemAlert error={failure} />}
      {run.isSuccess && (
        <Alert color="teal" variant="light" role="status">
          {words.started}
        </Alert>
      )}
      <Dialog opened={isFull} onClose={full.close} title={words.confirmFull.title}>
        <Stack>
          <Text size="sm">{words.confirmFull.body}</Text>
          <DialogButtons>
            <Button loading={run.isPending} onClick={() => run.mutate({ mode: 'full' })}>
              {words.confirmFull.action}
            </Button>
          </DialogButtons>
        </Stack>
      </Dialog>
      <Dialog opened={isDating} onClose={dating.close} title={words.backfillForm.title}>
        <BackfillForm isPending={run.isPending} onStart={(from) => run.mutate({ mode: 'changes', from })} />
      </Dialog>
    </Stack>
  );
}

interface BackfillFormProps {
  readonly isPending: boolean;
  readonly onStart: (from: string) => void;
}

function BackfillForm({ isPending, onStart }: BackfillFormProps) {
  const [from, setFrom] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onStart(new Date(from).toISOString());
  };
  return (
    <Form onSubmit={submit}>
      <Stack>
        <TimeField
          label={words.backfillForm.from}
          description={words.backfillForm.hint}
          required
          data-autofocus
          value={from}
          onChange={setFrom}
        />
        <Button type="submit" loading={isPending} style={{ alignSelf: 'flex-end' }}>
          {words.backfillForm.action}
        </Button>
      </Stack>
    </Form>
  );
}
