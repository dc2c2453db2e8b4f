import { ActionIcon, CopyButton as MantineCopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { text } from '../text';

export interface CopyButtonProps {
  readonly value: string;
  readonly label?: string;
  readonly onCopy?: () => void;
}

export function CopyButton({ value, label = text.common.copy, onCopy }: CopyButtonProps) {
  return (
    <MantineCopyButton value={value} timeout={1_500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? text.common.copied : label}>
          <ActionIcon
            variant="subtle"
            color={copied ? 'teal' : 'gray'}
            size="sm"
            aria-label={copied ? text.common.copied : label}
            onClick={(event) => {
              event.stopPropagation();
              copy();
              // Without it nothing is copied, and the button stays as it is.
              if ('clipboard' in navigator) onCopy?.();
            }}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopyButton>
  );
}

const LONGEST = 30;

/** What tells ids apart is mostly at their ends: that of a picked-up change begins as all of its sync do. */
export function shortened(id: string): string {
  return id.length <= LONGEST ? id : `${id.slice(0, 5)}…${id.slice(-(LONGEST - 6))}`;
}

/** An id that can be read, selected and copied; cut in the middle where room is short, whole in the tooltip. */
export function Id({ value, short = false }: { readonly value: string; readonly short?: boolean }) {
  const shown = short && value.length > 16 ? `${value.slice(0, 8)}…${value.slice(-4)}` : value;
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 2, maxWidth: '100%' }}>
      <code
        title={value}
        style={{ fontSize: '0.82em', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
      >
        {shown}
      </code>
      <CopyButton value={value} />
    </span>
  );
}
