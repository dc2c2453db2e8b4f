import { Text, Tooltip, type TextProps } from '@mantine/core';
import { useEffect, useReducer } from 'react';
import { fromNow, localTime, utcTime } from '../lib/time';
import { text } from '../text';

export interface TimeProps extends TextProps {
  readonly at: string | null | undefined;
  /** "3 min. ago" instead of the time itself. */
  readonly ago?: boolean;
  /** It may lie ahead. Of what cannot it is never said: by the hub's clock, known to the second alone, it would at first. */
  readonly ahead?: boolean;
}

/** In the reader's zone, with UTC on hover. */
export function Time({ at, ago = false, ahead = false, ...rest }: TimeProps) {
  useAging(ago);
  if (at === null || at === undefined) return <Text {...rest}>{text.common.never}</Text>;
  return (
    <Tooltip label={ago ? `${localTime(at)} · ${utcTime(at)}` : utcTime(at)}>
      <Text {...rest} component="time" dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {ago ? fromNow(at, { ahead }) : localTime(at)}
      </Text>
    </Tooltip>
  );
}

/** Relative times grow old while a page is open. */
function useAging(isNeeded: boolean): void {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    if (!isNeeded) return;
    const timer = setInterval(draw, 15_000);
    return () => clearInterval(timer);
  }, [isNeeded]);
}
