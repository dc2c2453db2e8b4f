import { Button, Group } from '@mantine/core';
import { type ReactNode } from 'react';
import { text } from '../text';
import { useCloseDialog } from './dialog';

/** At the end of a dialog: back out of it, or on by `children`. */
export function DialogButtons({ children }: { readonly children: ReactNode }) {
  const close = useCloseDialog();
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={close}>
        {text.common.cancel}
      </Button>
      {children}
    </Group>
  );
}
