import { TextInput, type TextInputProps } from '@mantine/core';
import { zoneName } from '../lib/time';
import { text } from '../text';

/** Without it browsers take six digits for the year, and what is typed in one go is another time. */
const LAST = '9999-12-31T23:59';

export interface TimeFieldProps extends Omit<TextInputProps, 'type' | 'max' | 'onChange'> {
  readonly label: string;
  /** As the field has it; see `inputTime`. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A moment in the reader's zone, which it names: times that systems write are in UTC. */
export function TimeField({ label, value, onChange, ...props }: TimeFieldProps) {
  return (
    <TextInput
      {...props}
      type="datetime-local"
      max={LAST}
      label={text.common.inZone(label, zoneName(value))}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
