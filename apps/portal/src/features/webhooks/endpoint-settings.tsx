import { Stack } from '@mantine/core';
import { deleteWebhookEndpoint, updateWebhookEndpoint, type WebhookEndpoint } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { KeptForm } from '../../components/kept-form';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { webhooks as wording } from '../../text/webhooks.text';
import { EndpointForm } from './endpoint-form';
import { bodyOf, valuesOf, type EndpointValues } from './endpoint-values';
import { SigningSecret } from './signing-secret';

const words = wording;

export function EndpointSettings({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const path = { id: endpoint.id };
  const save = useMutation({
    mutationFn: (value: EndpointValues) =>
      answerOf(updateWebhookEndpoint({ path, body: bodyOf(value, endpoint.enabled) })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const remove = useMutation({
    mutationFn: () => answerOf(deleteWebhookEndpoint({ path })),
    onSuccess: async () => {
      await navigate({ to: '/webhooks' });
      client.removeQueries({ queryKey: ['webhooks', endpoint.id] });
      await client.invalidateQueries({ queryKey: ['webhooks'], exact: true });
    },
  });
  return (
    <Stack gap="lg">
      <KeptForm value={endpoint}>
        {(begun) => (
          <EndpointForm
            initial={valuesOf(begun)}
            isNew={false}
            headerNames={begun.header_names}
            isPending={save.isPending}
            error={save.error}
            onSubmit={(value) => save.mutate(value)}
          />
        )}
      </KeptForm>
      <SigningSecret id={endpoint.id} />
      <Section title={words.remove}>
        <div>
          <ConfirmButton
            label={words.remove}
            title={words.confirmRemove.title}
            body={words.confirmRemove.body}
            isPending={remove.isPending}
            onConfirm={() => remove.mutate()}
          />
        </div>
        {remove.error !== null && <ProblemAlert error={remove.error} />}
      </Section>
    </Stack>
  );
}
