import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { text } from '../text';

export interface CopyButtonProps {
  readonly value: string;
  readonly label?: string;
  /** When it is in the clipboard: a browser may refuse. */
  readonly onCopy?: () => void;
}

const OUTCOME_STAYS_MS = { copied: 1_500, refused: 5_000 };
const COLORS = { copied: 'teal', refused: 'red' };

/** Where it is not copied it says so: what is shown only once would be lost by whoever believes it. */
export function CopyButton({ value, label = text.common.copy, onCopy }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<keyof typeof OUTCOME_STAYS_MS | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), OUTCOME_STAYS_MS[outcome]);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      // Without a secure address there is no clipboard, which is a refusal like another.
      await navigator.clipboard.writeText(value);
    } catch {
      setOutcome('refused');
      return;
    }
    setOutcome('copied');
    onCopy?.();
  };
  const said = outcome === null ? label : text.common[outcome === 'copied' ? 'copied' : 'notCopied'];
  return (
    <Tooltip label={said} opened={outcome === 'refused' ? true : undefined}>
      <ActionIcon
        variant="subtle"
        color={outcome === null ? 'gray' : COLORS[outcome]}
        size="sm"
        aria-label={said}
        onClick={(event) => {
          event.stopPropagation();
          void copy();
        }}
      >
        {outcome === 'copied' ? <IconCheck size={14} /> : <IconCopy size={14} />}
      </ActionIcon>
    </Tooltip>
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
