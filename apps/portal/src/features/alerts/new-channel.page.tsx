import { Button } from '@mantine/core';
import { createAlertChannel } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Page } from '../../components/page';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { alerts as wording } from '../../text/alerts.text';
import { bodyOf, ChannelForm, type ChannelValues } from './channel-form';

const words = wording.channels;
const EMPTY: ChannelValues = {
  name: '',
  kind: 'email',
  recipients: '',
  url: '',
  routing_key: '',
  secret: '',
  least_severity: 'info',
  enabled: true,
};

export function NewChannelPage() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: (value: ChannelValues) =>
      answerOf(createAlertChannel({ body: { ...bodyOf(value), kind: value.kind } })),
    onSuccess: async ({ id, secret }) => {
      await client.invalidateQueries({ queryKey: ['alert-channels'] });
      // A secret that the hub made is shown here, and nowhere again.
      if (secret === null) await navigate({ to: '/alerts/channels/$channelId', params: { channelId: id } });
    },
  });
  const { data } = create;
  return (
    <Page title={words.add}>
      {data?.secret == null ? (
        <ChannelForm
          initial={EMPTY}
          isNew
          isPending={create.isPending}
          error={create.error}
          onSubmit={(value) => create.mutate(value)}
        />
      ) : (
        <>
          <SecretOnce title={data.name} hint={words.shownOnce} value={data.secret} />
          <div>
            <Button component={Link} to={`/alerts/channels/${data.id}`} variant="default">
              {words.open}
            </Button>
          </div>
        </>
      )}
    </Page>
  );
}
