import { Button, Modal } from '@mantine/core';
import { type Delivery } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { count as shownCount } from '../../lib/number';
import { text } from '../../text';
import { ReplayForm, type ReplaySubject } from './replay-form';

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
  const has = (wanted: Delivery['status']): boolean =>
    deliveries.some(({ status, replayed_by: by }) => status === wanted && by === null);
  const wasGivenUp = deliveries.some(({ reason, replayed_by: by }) => reason === 'cancelled_by_user' && by === null);
  const hasFailed = has('dead') || wasGivenUp;
  if (!hasFailed && !has('succeeded')) return null;
  return <ReplayButton label={words.startEvent} trackingId={trackingId} hasFailed={hasFailed} />;
}
