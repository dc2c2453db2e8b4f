import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemAlert } from '../../components/problem-alert';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { deadLetterCountQuery } from '../dead-letters/dead-letters.queries';
import { ReplayButton } from '../replays/replay-button';
import { type DeliveryFilters } from './deliveries.queries';
import { replayOfList, type ReplayOfList } from './replay-of-list';

const LOOK_EVERY_MS = 10_000;
const words = text.repair.replay;

interface Props {
  readonly filters: DeliveryFilters;
}

/** Takes up what is listed, where a replay can: it says what before anything is done. */
export function ReplayThese({ filters }: Props) {
  const replay = replayOfList(filters);
  return useMay()('replay') && 'filter' in replay ? <Offer {...replay} /> : null;
}

function Offer({ filter, listed }: Extract<ReplayOfList, { listed: unknown }>) {
  const count = useQuery({ ...deadLetterCountQuery(filter), refetchInterval: LOOK_EVERY_MS });
  if (count.error !== null && count.data === undefined)
    return <ProblemAlert error={count.error} onRetry={() => void count.refetch()} />;
  return (
    <ReplayButton
      label={words.startThese}
      isDisabled={count.data === undefined}
      filter={filter}
      count={count.data ?? 0}
      listed={listed}
    />
  );
}

/** In the place of the offer, for whoever would look for it. */
export function WhyNoReplay({ filters }: Props) {
  const replay = replayOfList(filters);
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  if (!useMay()('replay') || !isFiltered || !('why' in replay)) return null;
  return (
    <Text size="sm" c="dimmed">
      {words.whyNot[replay.why]}
    </Text>
  );
}
