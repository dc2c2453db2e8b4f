import { Alert, Text } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { deliveries as deliveriesText } from '../../text/deliveries.text';

const words = deliveriesText.detail;

/** Why it waits or has failed, and what to do. What a replay has taken up is no matter of this delivery any more. */
export function Advice({ delivery }: { readonly delivery: Pick<Delivery, 'status' | 'advice' | 'replayed_by'> }) {
  const { status, advice, replayed_by: replayedBy } = delivery;
  if (replayedBy !== null) return null;
  if (advice === null)
    return status === 'retrying' ? (
      <Alert color="yellow" variant="light" title={words.retrying}>
        <Text size="sm">{words.retriesByItself}</Text>
      </Alert>
    ) : null;
  return (
    <Alert color="yellow" variant="light" title={status === 'dead' ? words.whatToDo : words.waits}>
      <Text size="sm">{advice.explanation}</Text>
      <Text size="sm">{advice.action}</Text>
    </Alert>
  );
}
