import { Modal, type ModalProps } from '@mantine/core';
import { createContext, useContext, useEffect, useRef, useState } from 'react';
import { focusHeadingIfLost } from '../lib/lost-focus';
import { AroundDialog, AskUnsaved, isSendingIn, isUnsavedIn } from '../lib/unsaved';

/** Both the dialog and the question take the same key, in whichever order: what brings the question up must not answer it. */
const keyIsThrough = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** It gives the focus back to what had opened it, unless that is gone with what was done in it. */
const whenGone = (): void => void setTimeout(focusHeadingIfLost);

const CloseDialog = createContext((): void => undefined);

/** Closes the dialog around, as its cross does. */
export function useCloseDialog(): () => void {
  return useContext(CloseDialog);
}

export interface DialogProps extends ModalProps {
  /** What it has sent is not answered yet. Its forms say so by themselves. */
  readonly isSending?: boolean;
}

/**
 * Asks before somebody closes it on something unsaved, by a key, a click beside it, its cross or its button for that. While
 * it sends something it stays: what comes of that may be shown this once.
 */
export function Dialog({ onClose, isSending = false, children, ...modal }: DialogProps) {
  const [self] = useState<object>(() => ({}));
  const ask = useContext(AskUnsaved);
  const isAsking = useRef(false);
  const closeUnlessKept = async (): Promise<void> => {
    if (isAsking.current || isSending || isSendingIn(self)) return;
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
  const close = (): void => void closeUnlessKept();
  useEffect(() => whenGone, []);
  return (
    <Modal {...modal} onClose={close} onExitTransitionEnd={whenGone}>
      <AroundDialog value={self}>
        <CloseDialog value={close}>{children}</CloseDialog>
      </AroundDialog>
    </Modal>
  );
}
