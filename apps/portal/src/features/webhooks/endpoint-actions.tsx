import { Alert, Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { recoverWebhookDeliveries, testWebhookEndpoint, type WebhookEndpoint } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../components/dialog';
import { JsonView } from '../../components/json-view';
import { ProblemAlert } from '../../components/problem-alert';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { count } from '../../lib/number';
import { duration, inputTime } from '../../lib/time';
import { webhooks as wording } from '../../text/webhooks.text';
import { eventTypesQuery } from './webhooks.queries';

const { test: testWords, recover: recoverWords } = wording;
const DAY_MS = 86_400_000;

export function EndpointActions({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  return (
    <Group gap="xs">
      <SendTest id={endpoint.id} />
      <Recover id={endpoint.id} since={endpoint.disabled_at ?? endpoint.health.failing_since} />
    </Group>
  );
}

function SendTest({ id }: { readonly id: string }) {
  const [isOpen, modal] = useDisclosure(false);
  const [type, setType] = useState<string | null>(null);
  const types = useQuery({ ...eventTypesQuery(), enabled: isOpen });
  const test = useMutation({
    mutationFn: () => answerOf(testWebhookEndpoint({ path: { id }, body: type === null ? {} : { event_type: type } })),
  });
  return (
    <>
      <Button size="sm" onClick={modal.open}>
        {testWords.button}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={testWords.button} size="lg">
        <Stack gap="sm">
          <Text size="sm">{testWords.body}</Text>
          <Select
            label={testWords.type}
            placeholder={testWords.plain}
            clearable
            searchable
            data={types.data?.data.map((known) => known.type) ?? []}
            value={type}
            onChange={setType}
          />
          <Button loading={test.isPending} onClick={() => test.mutate()}>
            {testWords.button}
          </Button>
          {test.error !== null && <ProblemAlert error={test.error} />}
          {test.data !== undefined && (
            <Alert
              color={test.data.delivered ? 'teal' : 'red'}
              variant="light"
              role="status"
              title={
                test.data.delivered
                  ? testWords.ok(String(test.data.http_status), duration(test.data.duration_ms ?? 0))
                  : testWords.failed
              }
            >
              {test.data.error?.message}
            </Alert>
          )}
          {test.data?.response_body != null && test.data.response_body !== '' && (
            <JsonView label={testWords.answer} value={test.data.response_body} maxHeight={220} />
          )}
        </Stack>
      </Dialog>
    </>
  );
}

function Recover({ id, since }: { readonly id: string; readonly since: string | null }) {
  const [isOpen, modal] = useDisclosure(false);
  const [from, setFrom] = useState(() =>
    inputTime(Math.max(earliest(), since === null ? earliest() : Date.parse(since))),
  );
  const [missed, setMissed] = useState(false);
  const client = useQueryClient();
  const recover = useMutation({
    mutationFn: () =>
      answerOf(recoverWebhookDeliveries({ path: { id }, body: { since: new Date(from).toISOString(), missed } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['webhooks', id] }),
  });
  const isTime = !Number.isNaN(Date.parse(from));
  return (
    <>
      <Button size="sm" variant="default" onClick={modal.open}>
        {recoverWords.button}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={recoverWords.title}>
        <Stack gap="sm">
          <Text size="sm">{recoverWords.body}</Text>
          <TimeField label={recoverWords.since} required min={inputTime(earliest())} value={from} onChange={setFrom} />
          <Checkbox
            label={recoverWords.missed}
            checked={missed}
            onChange={(event) => setMissed(event.currentTarget.checked)}
          />
          {recover.error !== null && <ProblemAlert error={recover.error} />}
          {recover.data !== undefined && (
            <Alert color="teal" variant="light" role="status">
              {recoverWords.done(count(recover.data.recovered), count(recover.data.missed))}
              {recover.data.more && ` ${recoverWords.more}`}
            </Alert>
          )}
          <Button loading={recover.isPending} disabled={!isTime} onClick={() => recover.mutate()}>
            {recover.data?.more === true ? recoverWords.again : recoverWords.button}
          </Button>
        </Stack>
      </Dialog>
    </>
  );
}

/** A little short of seven days, so that it still holds when it is sent. */
const earliest = (): number => hubNow() - 7 * DAY_MS + 600_000;
