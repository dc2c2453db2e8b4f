import { Text } from '@mantine/core';
import { Fragment, useState, type ReactNode } from 'react';
import { AroundKept, isUnsavedIn } from '../lib/unsaved';
import { text } from '../text';

interface Changing {
  readonly updated_at: string | null;
}

export interface KeptFormProps<T extends Changing> {
  readonly value: T;
  /** A form that begins with it. */
  readonly children: (value: T) => ReactNode;
}

/**
 * A form of what others may change meanwhile: it begins anew with that only where nothing entered into it is lost. What is
 * unsaved elsewhere on the page does not keep it: saved with the values of before, it would undo what the others did.
 */
export function KeptForm<T extends Changing>({ value, children }: KeptFormProps<T>) {
  const [self] = useState<object>(() => ({}));
  const [begun, setBegun] = useState(value);
  const isNewer = begun.updated_at !== value.updated_at;
  // Asked at every look, not only when the value changes: what was entered may be taken back by the next one.
  if (isNewer && !isUnsavedIn(self)) setBegun(value);
  return (
    <Fragment key={begun.updated_at}>
      {isNewer && (
        <Text size="sm" c="dimmed" role="status">
          {text.common.changedMeanwhile}
        </Text>
      )}
      <AroundKept value={self}>{children(isNewer ? begun : value)}</AroundKept>
    </Fragment>
  );
}
