import { Button } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { Dialog } from '../../components/dialog';
import { count as shownCount } from '../../lib/number';
import { text } from '../../text';
import { ReplayForm } from './replay-form';
import { isGivenUp, isTurnedAway, type ReplaySubject } from './replay-subject';

const words = text.repair.replay;

export type ReplayButtonProps = ReplaySubject & { readonly label?: string; readonly isDisabled?: boolean };

/** Asks how, and why, before anything is sent again; a dry run sends nothing and shows what would be. */
export function ReplayButton({ label = words.start, isDisabled = false, ...subject }: ReplayButtonProps) {
  const [isOpen, modal] = useDisclosure(false);
  const hasNothing = 'filter' in subject && (subject.listed ?? 'dead') === 'dead' && subject.count === 0;
  return (
    <>
      <Button size="sm" variant="default" disabled={isDisabled || hasNothing} onClick={modal.open}>
        {label}
      </Button>
      <ReplayDialog isOpen={isOpen} onClose={modal.close} subject={subject} />
    </>
  );
}

interface ReplayDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Null only while it has not been open yet. */
  readonly subject: ReplaySubject | null;
}

export function ReplayDialog({ isOpen, onClose, subject }: ReplayDialogProps) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={subject === null ? null : titleOf(subject)}>
      {subject !== null && <ReplayForm {...subject} />}
    </Dialog>
  );
}

function titleOf(subject: ReplaySubject): string {
  if (!('filter' in subject)) {
    const { length } = subject.trackingIds;
    return length === 1 ? words.titleOfOne : words.title(shownCount(length));
  }
  const { listed = 'dead', count } = subject;
  return listed === 'dead' ? words.title(shownCount(count)) : words.titleOf[listed];
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
  const subject = { hasFailed, hasArrived, wasTurnedAway };
  return <ReplayButton label={words.startEvent} trackingIds={[trackingId]} {...subject} />;
}
