import { Alert, Code, Group, Stack, Text } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useUnsaved } from '../lib/unsaved';
import { CopyButton } from './copy-button';

export interface SecretOnceProps {
  readonly title: string;
  /** What it is for, and that it is gone with the page. */
  readonly hint: ReactNode;
  readonly value: string;
  /** Not where it can be had again. */
  readonly asks?: boolean;
}

/** Something that is shown this once: whoever has not copied it is asked before it is gone. */
export function SecretOnce({ title, hint, value, asks = true }: SecretOnceProps) {
  const copied = useRef<string | null>(null);
  const onCopy = (): void => void (copied.current = value);
  useUnsaved({ isUnsaved: () => asks && copied.current !== value });
  const shown = useRef<HTMLDivElement>(null);
  // In the place of the form that had the focus.
  useEffect(() => {
    if (document.activeElement === document.body) shown.current?.focus();
  }, []);
  return (
    <Alert ref={shown} tabIndex={-1} color="teal" title={title} role="status">
      <Stack gap="xs">
        <Text size="sm">{hint}</Text>
        <Group gap="xs" wrap="nowrap">
          <Code style={{ overflowWrap: 'anywhere' }} onCopy={onCopy}>
            {value}
          </Code>
          <CopyButton value={value} onCopy={onCopy} />
        </Group>
      </Stack>
    </Alert>
  );
}
