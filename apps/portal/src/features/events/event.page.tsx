import { Anchor, Skeleton, Stack, Text, Timeline } from '@mantine/core';
import { type TimelineEntry } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { DeliveriesTable } from '../deliveries/deliveries-table';
import { eventQuery, timelineQuery } from './events.queries';

const route = getRouteApi('/shell/events/$trackingId');
const words = text.events.detail;

/** The whole story of one event on one page. */
export function EventPage() {
  const { trackingId } = route.useParams();
  const may = useMay();
  const mayReadPayload = may('payloads:read');
  const event = useQuery(eventQuery(trackingId, mayReadPayload));
  if (event.error !== null)
    return (
      <Page title={text.events.title}>
        <ProblemAlert error={event.error} onRetry={() => void event.refetch()} />
      </Page>
    );
  const { data } = event;
  return (
    <Page
      title={data?.type ?? text.events.title}
      beside={data === undefined ? null : <StatusBadge status={data.status} />}
      description={<Id value={trackingId} />}
    >
      {data === undefined ? (
        <Skeleton height={96} />
      ) : (
        <Facts
          facts={[
            { name: words.facts.id, value: <Id value={data.event_id} /> },
            { name: words.facts.subject, value: data.subject },
            { name: words.facts.source, value: data.source },
            { name: words.facts.received, value: <Time at={data.received_at} size="sm" /> },
            {
              name: words.facts.occurred,
              value: data.occurred_at === null ? null : <Time at={data.occurred_at} size="sm" />,
            },
            { name: words.facts.request, value: data.request_id === null ? null : <Id value={data.request_id} /> },
          ]}
        />
      )}
      <Section title={words.deliveries}>
        {data === undefined ? (
          <Skeleton height={90} />
        ) : data.deliveries.length === 0 ? (
          <Text c="dimmed">{words.noDeliveries}</Text>
        ) : (
          <DeliveriesTable rows={data.deliveries} height={320} />
        )}
      </Section>
      <Section title={words.story}>
        <Story trackingId={trackingId} />
      </Section>
      <Section title={words.payload}>
        {!mayReadPayload ? (
          <Text c="dimmed">{words.noPayload}</Text>
        ) : data === undefined ? (
          <Skeleton height={200} />
        ) : (
          <JsonView label={words.payload} value={data.payload ?? {}} />
        )}
      </Section>
    </Page>
  );
}

function Story({ trackingId }: { readonly trackingId: string }) {
  const { data, error, refetch } = useQuery(timelineQuery(trackingId));
  if (error !== null) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined)
    return (
      <Stack gap="sm">
        <Skeleton height={40} />
        <Skeleton height={40} />
        <Skeleton height={40} />
      </Stack>
    );
  return (
    <Timeline bulletSize={14} lineWidth={2} active={data.data.length}>
      {data.data.map((entry, index) => (
        <Timeline.Item key={index}>
          <Entry entry={entry} />
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  return (
    <>
      <Text size="sm">
        {entry.message}
        {entry.delivery_id !== null && (
          <>
            {' '}
            <Anchor component={Link} to={`/deliveries/${entry.delivery_id}`} size="sm" underline="always">
              {text.deliveries.one}
            </Anchor>
          </>
        )}
      </Text>
      <Time at={entry.at} size="xs" c="dimmed" />
    </>
  );
}
