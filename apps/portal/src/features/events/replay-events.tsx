import { Button, Text } from '@mantine/core';
import { type EventSummary } from '@hub/api-client';
import { count } from '../../lib/number';
import { type ListState } from '../../lib/pages';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { ReplayButton } from '../replays/replay-button';
import { type EventFilters } from './events.queries';
import { MOST_NAMED, replayOfEvents, type ReplayOfEvents } from './replay-of-events';

const words = text.repair.replay;

interface Props {
  readonly filters: EventFilters;
  readonly list: ListState<EventSummary>;
}

/** Takes up the events that are listed; not offered of all that there are. It has its place before they are there. */
export function ReplayEvents({ filters, list }: Props) {
  const replay = useReplay({ filters, list });
  if (replay === null) return null;
  const hasArrived = filters.status === 'succeeded';
  if ('trackingIds' in replay)
    return (
      <ReplayButton
        label={words.startThese}
        trackingIds={replay.trackingIds}
        hasFailed={!hasArrived}
        hasArrived={hasArrived}
        wasTurnedAway
      />
    );
  if (replay.why === 'underWay' || replay.why === 'unrouted') return null;
  return (
    <Button size="sm" variant="default" disabled>
      {words.startThese}
    </Button>
  );
}

/** For whoever would look for the offer, or would use it. */
export function WhyNoReplay({ filters, list }: Props) {
  const replay = useReplay({ filters, list });
  if (replay === null || list.rows.length === 0 || !('why' in replay)) return null;
  const { why } = replay;
  return (
    <Text size="sm" c="dimmed">
      {why === 'notAll' ? words.whyNot.notAll(count(MOST_NAMED)) : words.whyNot[why]}
    </Text>
  );
}

/** Null where nobody would look for it. */
function useReplay({ filters, list: { rows, hasMore } }: Props): ReplayOfEvents | null {
  const may = useMay()('replay');
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return may && isFiltered ? replayOfEvents(filters.status, rows, hasMore) : null;
}
