import { Alert, Code, Group, Stack, Text } from '@mantine/core';
import { CopyButton } from './copy-button';

export interface SecretOnceProps {
  readonly title: string;
  /** What it is for, and that it is gone with the page. */
  readonly hint: string;
  readonly value: string;
}

/** Something that is shown this once. */
export function SecretOnce({ title, hint, value }: SecretOnceProps) {
  return (
    <Alert color="teal" title={title} role="status">
      <Stack gap="xs">
        <Text size="sm">{hint}</Text>
        <Group gap="xs" wrap="nowrap">
          <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
          <CopyButton value={value} />
        </Group>
      </Stack>
    </Alert>
  );
}
