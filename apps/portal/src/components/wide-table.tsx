import { Table } from '@mantine/core';
import { type ReactNode } from 'react';

export interface WideTableProps {
  readonly label: string;
  /** Below this width, in pixels, it is scrolled, also by keyboard. */
  readonly minWidth: number;
  readonly children: ReactNode;
}

/** A small table that does not fit on a phone. */
export function WideTable({ label, minWidth, children }: WideTableProps) {
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" tabIndex={0} role="group" aria-label={label}>
      <Table aria-label={label}>{children}</Table>
    </Table.ScrollContainer>
  );
}
