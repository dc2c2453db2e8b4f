import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, type ReactNode } from 'react';
import { focusPageIfLost } from '../lib/lost-focus';
import { text } from '../text';

export interface PageProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** Beside the title: a state, an id. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** One page: its name for people, tabs and screen readers, what can be done on it, and its content. */
export function Page({ title, description, actions, beside, children }: PageProps) {
  useDocumentTitle(`${title} · ${text.common.product}`);
  useEffect(focusPageIfLost, []);
  return (
    <Stack gap="md" pb="xl">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Box style={{ minWidth: 0, flex: '1 1 260px' }}>
          <Group gap="sm">
            <Title order={1} tabIndex={-1} style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            {beside}
          </Group>
          {description !== undefined && (
            <Text c="dimmed" size="sm" mt={4}>
              {description}
            </Text>
          )}
        </Box>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
