import { Alert, Anchor, Badge, Button, Card, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { cancelDelivery, retryDelivery, type Attempt, type DeliveryResponse } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { LookFailed } from '../../components/loaded';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { FixMappingButton } from '../mappings/parts/fix-mapping-button';
import { ReplayEventButton } from '../replays/replay-button';
import { Advice } from './advice';
import { attemptStatus } from './attempt-status';
import { deliveryQuery, shownStatus } from './deliveries.queries';
import { nextOf } from './next-attempt';

const route = getRouteApi('/shell/deliveries/$deliveryId');
const words = deliveriesText.detail;
const OPEN: ReadonlySet<string> = new Set(['pending', 'retrying', 'held']);
const ENDED: ReadonlySet<string> = new Set(['dead', 'cancelled']);

export function DeliveryPage() {
  const { deliveryId } = route.useParams();
  const { data, error, refetch } = useQuery(deliveryQuery(deliveryId));
  if (error !== null && data === undefined)
    return (
      <Page title={deliveriesText.one}>
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      </Page>
    );
  if (data === undefined)
    return (
      <Page title={deliveriesText.one}>
        <Skeleton height={140} />
        <Skeleton height={220} />
      </Page>
    );
  const leftOut = data.attempts_made - data.attempt_list.length;
  return (
    <Page
      title={words.title(data.operation)}
      beside={<StatusBadge status={shownStatus(data)} why={data.reason?.replaceAll('_', ' ')} />}
      description={<Id value={data.id} />}
      actions={<Actions delivery={data} />}
    >
      <LookFailed query={{ data, error, refetch }} />
      {data.last_error !== null && data.status !== 'succeeded' && <Failure error={data.last_error} />}
      <Advice delivery={data} />
      <DeliveryFacts delivery={data} />
      {data.mapped_payload != null && (
        <Section title={words.mapped}>
          <JsonView label={words.mapped} value={data.mapped_payload} />
        </Section>
      )}
      <Section title={words.attempts}>
        {data.attempt_list.length === 0 ? (
          <Text c="dimmed">{words.noAttempts}</Text>
        ) : (
          <Stack gap="sm">
            {leftOut > 0 && (
              <Text c="dimmed">{words.newestAttempts(data.attempt_list.length, data.attempts_made)}</Text>
            )}
            {data.attempt_list.map((attempt, index) => (
              <AttemptCard key={attempt.id} attempt={attempt} place={leftOut + index + 1} />
            ))}
          </Stack>
        )}
      </Section>
    </Page>
  );
}

function Failure({ error }: { readonly error: NonNullable<DeliveryResponse['last_error']> }) {
  return (
    <Alert color="red" variant="light" title={titleOf(error)}>
      <Text size="sm">{error.message}</Text>
      <Group gap={6} mt={6}>
        <Badge variant="default" tt="none" radius="sm" ff="monospace">
          {error.code}
        </Badge>
        {error.fields?.map((field) => (
          <Badge key={field} color="red" variant="outline" tt="none" radius="sm">
            {field}
          </Badge>
        ))}
      </Group>
    </Alert>
  );
}

/** What fails in a mapping has never been sent: the other system refuses nothing. */
function titleOf({ code, category }: NonNullable<DeliveryResponse['last_error']>): string {
  return code.startsWith('mapping_') ? words.mappingFailed : (words.categories[category] ?? words.failure);
}

function DeliveryFacts({ delivery }: { readonly delivery: DeliveryResponse }) {
  const { facts } = words;
  const { resolved_by: by } = delivery;
  const resolvedBy = by === delivery.replayed_by || by === delivery.id ? null : by;
  return (
    <Facts
      facts={[
        {
          name: facts.event,
          value: (
            <Anchor component={Link} to={`/events/${delivery.event_tracking_id}`} size="sm">
              {delivery.event_type}
            </Anchor>
          ),
        },
        { name: facts.eventId, value: <Id value={delivery.event_id} /> },
        { name: facts.route, value: delivery.route_name },
        {
          name: facts.connection,
          value: (
            <Anchor component={Link} to={`/connections/${delivery.connection_id}`} size="sm">
              {delivery.connection_name}
            </Anchor>
          ),
        },
        {
          name: facts.mapping,
          value: delivery.mapping_id === null ? words.noMapping : words.mappingVersion(delivery.mapping_version ?? 0),
        },
        { name: facts.external, value: delivery.external_id === null ? null : <Id value={delivery.external_id} /> },
        { name: facts.created, value: <Time at={delivery.created_at} size="sm" /> },
        {
          name: facts.settled,
          value: delivery.settled_at === null ? null : <Time at={delivery.settled_at} size="sm" />,
        },
        {
          name: facts.next,
          value: nextOf(delivery),
        },
        {
          name: facts.replayOf,
          value: delivery.replay_of && <Other id={delivery.replay_of} />,
        },
        { name: facts.replayedBy, value: delivery.replayed_by && <Other id={delivery.replayed_by} /> },
        { name: facts.resolvedBy, value: resolvedBy && <Other id={resolvedBy} /> },
      ]}
    />
  );
}

function Other({ id }: { readonly id: string }) {
  return (
    <Anchor component={Link} to={`/deliveries/${id}`} size="sm">
      {id}
    </Anchor>
  );
}

function Actions({ delivery }: { readonly delivery: DeliveryResponse }) {
  const may = useMay();
  const client = useQueryClient();
  const done = (): Promise<void> => client.invalidateQueries();
  const path = { delivery_id: delivery.id };
  const retry = useMutation({ mutationFn: () => answerOf(retryDelivery({ path })), onSuccess: done });
  const cancel = useMutation({ mutationFn: () => answerOf(cancelDelivery({ path })), onSuccess: done });
  const { mapping_id: mappingId, event_tracking_id: trackingId } = delivery;
  const fix = ENDED.has(delivery.status) && mappingId !== null && may('config:read') && (
    <FixMappingButton mappingId={mappingId} trackingId={trackingId} />
  );
  // What has arrived is repeated from the event's page, where it is seen what else would be.
  const replay = may('replay') && delivery.status !== 'succeeded' && (
    <ReplayEventButton trackingId={trackingId} deliveries={[delivery]} />
  );
  if (!may('deliveries:write'))
    return (
      <>
        {fix}
        {replay}
      </>
    );
  const failure = retry.error ?? cancel.error;
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {fix}
        {replay}
        {delivery.status === 'dead' && delivery.replayed_by === null && (
          <Button size="sm" loading={retry.isPending} onClick={() => retry.mutate()}>
            {words.retry}
          </Button>
        )}
        {OPEN.has(delivery.status) && (
          <ConfirmButton
            label={words.cancel}
            title={words.confirmCancel.title}
            body={words.confirmCancel.body}
            isPending={cancel.isPending}
            onConfirm={() => cancel.mutate()}
          />
        )}
      </Group>
      {failure !== null && <ProblemAlert error={failure} />}
    </Stack>
  );
}

/** @param place of all: what is taken up again, or was told to wait, counts anew */
function AttemptCard({ attempt, place }: { readonly attempt: Attempt; readonly place: number }) {
  return (
    <Card withBorder radius="md" padding="sm">
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Text fw={600} size="sm">
              {words.attempt(place)}
            </Text>
            <StatusBadge status={attemptStatus(attempt)} />
            {attempt.http_status !== null && (
              <Badge variant="default" tt="none" radius="sm">
                HTTP {attempt.http_status}
              </Badge>
            )}
          </Group>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {duration(attempt.duration_ms)}
            </Text>
            <Time at={attempt.started_at} size="sm" c="dimmed" />
          </Group>
        </Group>
        {attempt.message !== null && <Text size="sm">{attempt.message}</Text>}
        {(attempt.request != null || attempt.response != null) && (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
            {attempt.request != null && <JsonView label={words.request} value={attempt.request} maxHeight={260} />}
            {attempt.response != null && <JsonView label={words.response} value={attempt.response} maxHeight={260} />}
          </SimpleGrid>
        )}
      </Stack>
    </Card>
  );
}
