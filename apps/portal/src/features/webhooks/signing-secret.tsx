import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { getWebhookSecret, rotateWebhookSecret, type WebhookSecretResponse } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-button';
import { Dialog } from '../../components/dialog';
import { OverlapForm } from '../../components/overlap-form';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { text } from '../../text';
import { webhooks as wording } from '../../text/webhooks.text';

const words = wording.secret;

/** Asked for by a click and kept by nothing: each look is in the audit log. */
export function SigningSecret({ id }: { readonly id: string }) {
  const [shown, setShown] = useState<WebhookSecretResponse | null>(null);
  const show = useMutation({ mutationFn: () => answerOf(getWebhookSecret({ path: { id } })), onSuccess: setShown });
  return (
    <Section title={words.title}>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      {shown !== null && <Secrets shown={shown} />}
      {show.error !== null && <ProblemAlert error={show.error} />}
      <Group gap="xs">
        {shown === null ? (
          <Button size="sm" variant="default" loading={show.isPending} onClick={() => show.mutate()}>
            {words.show}
          </Button>
        ) : (
          <Button size="sm" variant="default" onClick={() => setShown(null)}>
            {words.hide}
          </Button>
        )}
        <Rotate id={id} onRotated={setShown} />
      </Group>
    </Section>
  );
}

function Secrets({ shown }: { readonly shown: WebhookSecretResponse }) {
  return (
    <Stack gap="xs" role="status">
      <Secret name={words.current} value={shown.secret} />
      {shown.previous_secret !== null && (
        <>
          <Secret name={words.previous} value={shown.previous_secret} />
          <Group gap={6}>
            <Text size="sm">{words.previousUntil}</Text>
            <Time at={shown.previous_secret_until} size="sm" />
          </Group>
        </>
      )}
    </Stack>
  );
}

function Secret({ name, value }: { readonly name: string; readonly value: string | null }) {
  return (
    <Group gap="xs">
      <Text size="sm">{name}</Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{value ?? text.common.none}</Code>
      {value !== null && <CopyButton value={value} />}
    </Group>
  );
}

interface RotateProps {
  readonly id: string;
  readonly onRotated: (secrets: WebhookSecretResponse) => void;
}

function Rotate({ id, onRotated }: RotateProps) {
  const [isOpen, modal] = useDisclosure(false);
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: (hours: number) => answerOf(rotateWebhookSecret({ path: { id }, body: { overlap_hours: hours } })),
    onSuccess: async (secrets) => {
      modal.close();
      onRotated(secrets);
      await client.invalidateQueries({ queryKey: ['webhooks', id] });
    },
  });
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {words.rotate}
      </Button>
      {rotate.isSuccess && (
        <Alert color="teal" variant="light" role="status" py={4}>
          {words.rotated}
        </Alert>
      )}
      <Dialog opened={isOpen} onClose={modal.close} title={words.rotateTitle}>
        <OverlapForm words={words} rotation={rotate} onRotate={rotate.mutate} />
      </Dialog>
    </>
  );
}
