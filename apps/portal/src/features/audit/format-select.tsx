import { Select, type SelectProps } from '@mantine/core';

export type ExportFormat = 'jsonl' | 'csv';

interface FormatSelectProps extends Pick<SelectProps, 'label' | 'aria-label'> {
  readonly value: ExportFormat;
  readonly onChange: (format: ExportFormat) => void;
}

export function FormatSelect({ onChange, ...props }: FormatSelectProps) {
  return (
    <Select
      {...props}
      data={[
        { value: 'jsonl', label: 'JSON Lines' },
        { value: 'csv', label: 'CSV' },
      ]}
      allowDeselect={false}
      onChange={(value) => onChange(value === 'csv' ? 'csv' : 'jsonl')}
      w={140}
    />
  );
}
