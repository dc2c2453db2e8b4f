import { Button, Modal } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { count as shownCount } from '../../lib/number';
import { text } from '../../text';
import { ReplayForm } from './replay-form';
import { isGivenUp, isTurnedAway, type ReplaySubject } from './replay-subject';

const words = text.repair.replay;

export type ReplayButtonProps = ReplaySubject & { readonly label?: string };

/** Asks how, and why, before anything is sent again; a dry run sends nothing and shows what would be. */
export function ReplayButton({ label = words.start, ...subject }: ReplayButtonProps) {
  const [isOpen, modal] = useDisclosure(false);
  const title = 'filter' in subject ? words.title(shownCount(subject.count)) : words.titleOfOne;
  return (
    <>
      <Button size="sm" variant="default" disabled={'filter' in subject && subject.count === 0} onClick={modal.open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={modal.close} title={title}>
        <ReplayForm {...subject} />
      </Modal>
    </>
  );
}

interface ReplayEventButtonProps {
  readonly trackingId: string;
  /** Those of the event that are known: where none of them can be repeated, there is no button. */
  readonly deliveries: readonly Pick<Delivery, 'status' | 'reason' | 'replayed_by'>[];
}

export function ReplayEventButton({ trackingId, deliveries }: ReplayEventButtonProps) {
  const left = deliveries.filter(({ replayed_by: by }) => by === null);
  const hasFailed = left.some((delivery) => delivery.status === 'dead' || isGivenUp(delivery));
  const hasArrived = left.some(({ status }) => status === 'succeeded');
  const wasTurnedAway = left.some(isTurnedAway);
  if (!hasFailed && !hasArrived && !wasTurnedAway) return null;
  const subject = { trackingId, hasFailed, hasArrived, wasTurnedAway };
  return <ReplayButton label={words.startEvent} {...subject} />;
}
