import { Button, Group } from '@mantine/core';
import { type ReactNode } from 'react';
import { text } from '../text';

interface DialogButtonsProps {
  readonly onCancel: () => void;
  /** The one that goes on. */
  readonly children: ReactNode;
}

/** At the end of a dialog: back out of it, or on. */
export function DialogButtons({ onCancel, children }: DialogButtonsProps) {
  return (
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onCancel}>
        {text.common.cancel}
      </Button>
      {children}
    </Group>
  );
}
