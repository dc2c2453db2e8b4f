import { Text, Tooltip, type TextProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import { fromNow, localTime, utcTime } from '../lib/time';
import { text } from '../text';

export interface TimeProps extends TextProps {
  readonly at: string | null | undefined;
  /** "3 min. ago" instead of the time itself. */
  readonly ago?: boolean;
}

/** In the reader's zone, with UTC on hover. */
export function Time({ at, ago = false, ...rest }: TimeProps) {
  const now = useMinute(ago);
  if (at === null || at === undefined) return <Text {...rest}>{text.common.never}</Text>;
  return (
    <Tooltip label={ago ? `${localTime(at)} · ${utcTime(at)}` : utcTime(at)}>
      <Text {...rest} component="time" dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {ago ? fromNow(at, now) : localTime(at)}
      </Text>
    </Tooltip>
  );
}

/** Relative times grow old while a page is open. */
function useMinute(isNeeded: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isNeeded) return;
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return now;
}
