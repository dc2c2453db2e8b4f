import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState, type FormEvent } from 'react';
import { text } from '../text';
import { Dialog } from './dialog';
import { DialogButtons } from './dialog-buttons';
import { Form, useFormAround } from './form';
import { ProblemAlert } from './problem-alert';

export interface ConfirmButtonProps {
  readonly label: string;
  readonly title: string;
  readonly body: string;
  readonly isPending: boolean;
  /**
   * With the reason, where one is asked for. The dialog stays open while a promise of it is pending, and says why one was
   * rejected: for where the page itself has no place to say so.
   */
  readonly onConfirm: (reason: string) => unknown;
  readonly needsReason?: boolean;
  /** What the reason most likely is. */
  readonly likelyReason?: string;
  readonly color?: string;
  /** Smaller where it stands in a row. */
  readonly size?: 'sm' | 'xs';
}

/** For what cannot be taken back: says what will happen before it does. */
export function ConfirmButton({
  label,
  title,
  body,
  isPending,
  onConfirm,
  needsReason = false,
  likelyReason = '',
  color = 'red',
  size = 'sm',
}: ConfirmButtonProps) {
  const [isOpen, modal] = useDisclosure(false);
  const [reason, setReason] = useState(likelyReason);
  const [error, setError] = useState<unknown>(null);
  const form = useFormAround();
  const open = (): void => {
    if (!form.isValid()) return;
    setError(null);
    modal.open();
  };
  const confirm = (): void => {
    const done = form.saving(() => onConfirm(reason.trim()));
    if (done === undefined) modal.close();
    else void Promise.resolve(done).then(modal.close, setError);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm();
  };
  const content = (
    <Stack gap="md">
      <Text size="sm">{body}</Text>
      {error !== null && <ProblemAlert error={error} />}
      {needsReason && (
        <TextInput
          label={text.common.reason}
          description={text.common.reasonHint}
          required
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      <DialogButtons>
        <Button
          type={needsReason ? 'submit' : 'button'}
          color={color}
          loading={isPending}
          disabled={needsReason && reason.trim() === ''}
          onClick={needsReason ? undefined : confirm}
        >
          {label}
        </Button>
      </DialogButtons>
    </Stack>
  );
  return (
    <>
      <Button size={size} variant="default" loading={isPending} onClick={open}>
        {label}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={title}>
        {needsReason ? <Form onSubmit={submit}>{content}</Form> : content}
      </Dialog>
    </>
  );
}
