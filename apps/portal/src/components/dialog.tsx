import { Modal, type ModalProps } from '@mantine/core';
import { useContext, useRef, useState } from 'react';
import { AroundDialog, AskUnsaved, isUnsavedIn } from '../lib/unsaved';

/** Both the dialog and the question take the same key, in whichever order: what brings the question up must not answer it. */
const keyIsThrough = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Asks before a key, a click beside it or its cross closes it on something unsaved; its own buttons say what they do. */
export function Dialog({ onClose, children, ...modal }: ModalProps) {
  const [self] = useState<object>(() => ({}));
  const ask = useContext(AskUnsaved);
  const isAsking = useRef(false);
  const close = async (): Promise<void> => {
    if (isAsking.current) return;
    if (isUnsavedIn(self)) {
      isAsking.current = true;
      await keyIsThrough();
      const mayLose = await ask();
      await keyIsThrough();
      isAsking.current = false;
      if (!mayLose) return;
    }
    onClose();
  };
  return (
    <Modal {...modal} onClose={() => void close()}>
      <AroundDialog value={self}>{children}</AroundDialog>
    </Modal>
  );
}
