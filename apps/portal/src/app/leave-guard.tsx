import { Button, getDefaultZIndex, Group, Modal, Stack, Text } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';
import { AskUnsaved, isAnythingUnsaved, losesUnsaved, type Ask } from '../lib/unsaved';
import { text } from '../text';

const words = text.shell.unsaved;

/** Also above one that was drawn later. */
const ABOVE_DIALOGS = getDefaultZIndex('modal') + 1;

const MayLeave = createContext<Ask>(() => Promise.resolve(true));

/** For what takes all that is open with it: asks where something is unsaved, and answers whether to go on. */
export function useMayLeave(): Ask {
  return useContext(MayLeave);
}

/** Asks before what is entered is lost: by another page, another tab of one, a closed dialog or a closed window. */
export function LeaveGuard({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<{ readonly answer: (isLeaving: boolean) => void } | null>(null);
  const ask = useCallback<Ask>(() => new Promise((resolve) => setAsked({ answer: resolve })), []);
  useBlocker({
    shouldBlockFn: async ({ current, next }) => losesUnsaved(current, next) && !(await ask()),
    enableBeforeUnload: isAnythingUnsaved,
  });
  const mayLeave = useCallback<Ask>(async () => !isAnythingUnsaved() || ask(), [ask]);
  const answer = (isLeaving: boolean): void => {
    asked?.answer(isLeaving);
    setAsked(null);
  };
  return (
    <MayLeave value={mayLeave}>
      <AskUnsaved value={ask}>{children}</AskUnsaved>
      <Modal opened={asked !== null} onClose={() => answer(false)} title={words.title} zIndex={ABOVE_DIALOGS}>
        <Stack gap="md">
          <Text size="sm">{words.body}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => answer(false)}>
              {words.stay}
            </Button>
            <Button color="red" onClick={() => answer(true)}>
              {words.go}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </MayLeave>
  );
}
