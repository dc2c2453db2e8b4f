import { NumberInput, type NumberInputProps } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { count } from '../lib/number';
import { text } from '../text';

export type NumberFieldProps = NumberInputProps & {
  readonly min?: number;
  readonly max?: number;
};

/** Keeps what was typed: a number that is out of range is refused with the range, and its form is not sent. */
export function NumberField({ min, max, value, error, ...props }: NumberFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  // Not while somebody is still typing.
  const [isTold, setTold] = useState(false);
  const refusal = rangeFault(value, min, max);
  useEffect(() => input.current?.setCustomValidity(refusal ?? ''), [refusal]);
  return (
    <NumberInput
      {...props}
      ref={input}
      min={min}
      max={max}
      clampBehavior="none"
      value={value}
      error={error ?? (isTold ? refusal : null)}
      onBlur={() => setTold(true)}
      onInvalid={() => setTold(true)}
    />
  );
}

/** What is wrong with a number, in words; null where nothing is. An empty field is no number. */
function rangeFault(value: number | string | undefined, min?: number, max?: number): string | null {
  if (value === undefined || value === '') return null;
  const number = Number(value);
  const isWithin = (min === undefined || number >= min) && (max === undefined || number <= max);
  if (isWithin) return null;
  const { between, atLeast, atMost } = text.common.range;
  if (min !== undefined && max !== undefined) return between(count(min), count(max));
  return min === undefined ? atMost(count(max ?? 0)) : atLeast(count(min));
}
