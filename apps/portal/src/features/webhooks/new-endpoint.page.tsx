import { Button } from '@mantine/core';
import { createWebhookEndpoint } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { webhooks as wording } from '../../text/webhooks.text';
import { EndpointForm } from './endpoint-form';
import { bodyOf, NEW_ENDPOINT, type EndpointValues } from './endpoint-values';

const words = wording;

export function NewEndpointPage() {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (value: EndpointValues) => answerOf(createWebhookEndpoint({ body: bodyOf(value) })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const { data } = create;
  return (
    <Page title={words.add}>
      {data === undefined ? (
        <EndpointForm
          initial={NEW_ENDPOINT}
          isNew
          isPending={create.isPending}
          error={create.error}
          onSubmit={(value) => create.mutate(value)}
        />
      ) : (
        <>
          {data.secret !== null && (
            <SecretOnce title={data.url} hint={words.created} value={data.secret} asks={false} />
          )}
          <div>
            <Button component={Link} to={`/webhooks/${data.id}`}>
              {words.open}
            </Button>
          </div>
        </>
      )}
    </Page>
  );
}
