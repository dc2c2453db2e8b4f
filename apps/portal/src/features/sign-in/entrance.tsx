import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { type ReactNode } from 'react';
import { text } from '../../text';

export interface EntranceProps {
  readonly title: string;
  readonly hint: string;
  readonly children: ReactNode;
}

/** What everybody sees who is not inside yet. */
export function Entrance({ title, hint, children }: EntranceProps) {
  useDocumentTitle(`${title} · ${text.common.product}`);
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder radius="lg" p="xl" w="100%" maw={420}>
        <Stack gap="md">
          <Group gap="sm" wrap="nowrap">
            <img src="/icon.svg" width={36} height={36} alt="" />
            <div>
              <Title order={1} size="h3">
                {title}
              </Title>
              <Text size="sm" c="dimmed">
                {hint}
              </Text>
            </div>
          </Group>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
