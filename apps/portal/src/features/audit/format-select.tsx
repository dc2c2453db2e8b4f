import { Select, type SelectProps } from '@mantine/core';
import { govern } from '../../text/govern.text';

const { formats } = govern.audit.exports;

export type ExportFormat = keyof typeof formats;

interface FormatSelectProps extends Pick<SelectProps, 'label' | 'aria-label'> {
  readonly value: ExportFormat;
  readonly onChange: (format: ExportFormat) => void;
}

export function FormatSelect({ onChange, ...props }: FormatSelectProps) {
  return (
    <Select
      {...props}
      data={Object.entries(formats).map(([value, label]) => ({ value, label }))}
      allowDeselect={false}
      onChange={(value) => onChange(value === 'csv' ? 'csv' : 'jsonl')}
      w={140}
    />
  );
}
