import { Anchor, Skeleton, Text, Timeline } from '@mantine/core';
import { type TimelineEntry } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { JsonView } from '../../components/json-view';
import { Loaded, LookFailed } from '../../components/loaded';
import { Page } from '../../components/page';
import { PageSkeleton } from '../../components/page-skeleton';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { events as eventsText } from '../../text/events.text';
import { deliveries as deliveriesText } from '../../text/deliveries.text';
import { LOOK_EVERY_MS } from '../deliveries/deliveries.queries';
import { DeliveriesTable } from '../deliveries/deliveries-table';
import { ReplayEventButton } from '../replays/replay-button';
import { eventQuery, timelineQuery } from './events.queries';
import { ResendCurl } from './resend-curl';

const route = getRouteApi('/shell/events/$trackingId');
const words = eventsText.detail;
const NOT_MATCHED = 'route_not_matched';
const LEAST_FOLDED = 3;

/** The whole story of one event on one page. */
export function EventPage() {
  const { trackingId } = route.useParams();
  const may = useMay();
  const mayReadPayload = may('payloads:read');
  const event = useQuery(eventQuery(trackingId, mayReadPayload));
  // The story is not to be older than the state above it.
  const story = useQuery({
    ...timelineQuery(trackingId),
    refetchInterval: ({ state }) => (state.dataUpdatedAt < event.dataUpdatedAt ? LOOK_EVERY_MS : false),
  });
  if (event.error !== null && event.data === undefined)
    return (
      <Page title={eventsText.title}>
        <ProblemAlert error={event.error} onRetry={() => void event.refetch()} />
      </Page>
    );
  const { data } = event;
  // A story that has failed once is not waited for again: what is open on the page would be closed by each later look.
  if (data === undefined || (story.isLoading && !story.isFetched))
    return (
      <Page title={eventsText.title} description={<Id value={trackingId} />}>
        <Skeleton height={96} />
        <PageSkeleton sections={[90, 160, 200]} />
      </Page>
    );
  return (
    <Page
      title={data.type}
      beside={<StatusBadge status={data.status} />}
      description={<Id value={trackingId} />}
      actions={
        <>
          {may('replay') && !data.archived && (
            <ReplayEventButton trackingId={trackingId} deliveries={data.deliveries} />
          )}
          {mayReadPayload && <ResendCurl trackingId={trackingId} />}
        </>
      }
    >
      <LookFailed query={event} />
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
      <Section title={words.deliveries}>
        {data.deliveries.length === 0 ? (
          <Text c="dimmed">
            {words.noDeliveries}{' '}
            <Anchor component={Link} to="/routes" size="sm" underline="always">
              {words.openRoutes}
            </Anchor>
          </Text>
        ) : (
          <DeliveriesTable rows={data.deliveries} height={320} />
        )}
      </Section>
      <Section title={words.story}>
        <Loaded query={story}>{({ data: entries }) => <Story entries={entries} />}</Loaded>
      </Section>
      <Section title={words.payload}>
        {!mayReadPayload ? (
          <Text c="dimmed">{words.noPayload}</Text>
        ) : (
          <JsonView label={words.payload} value={data.payload ?? {}} />
        )}
      </Section>
    </Page>
  );
}

/** Routes that had nothing to do with it are told of when asked for: of dozens of routes most are of other events. */
function Story({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  const [isWhole, setWhole] = useState(false);
  const aside = entries.filter(({ kind }) => kind === NOT_MATCHED).length;
  const isFolded = aside >= LEAST_FOLDED && entries.some(({ kind }) => kind === 'route_matched') && !isWhole;
  const shown = isFolded ? entries.filter(({ kind }) => kind !== NOT_MATCHED) : entries;
  return (
    <>
      <Timeline bulletSize={14} lineWidth={2} active={shown.length}>
        {shown.map((entry, index) => (
          <Timeline.Item key={index}>
            <Entry entry={entry} />
          </Timeline.Item>
        ))}
      </Timeline>
      {isFolded && (
        <Anchor component="button" type="button" size="sm" ta="start" onClick={() => setWhole(true)}>
          {words.notMatched(count(aside))}
        </Anchor>
      )}
    </>
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
              {deliveriesText.one}
            </Anchor>
          </>
        )}
      </Text>
      <Time at={entry.at} size="xs" c="dimmed" />
    </>
  );
}
