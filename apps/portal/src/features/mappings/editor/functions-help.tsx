import { ScrollArea, Stack, Text, TextInput, Title } from '@mantine/core';
import { type MappingFunction } from '@hub/api-client';
import { useState } from 'react';
import { Dialog } from '../../../components/dialog';
import { mappings as wording } from '../../../text/mappings.text';

const words = wording.editor;

export interface FunctionsHelpProps {
  readonly functions: readonly MappingFunction[];
  readonly onClose: () => void;
}

export function FunctionsHelp({ functions, onClose }: FunctionsHelpProps) {
  const [wanted, setWanted] = useState('');
  const needle = wanted.trim().toLowerCase();
  const shown = functions.filter(({ usage, description }) => `${usage} ${description}`.toLowerCase().includes(needle));
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <Dialog opened onClose={onClose} title={words.helpersTitle} size="lg" scrollAreaComponent={ScrollArea.Autosize}>
      <Stack gap="md">
        <TextInput
          aria-label={words.helpersSearch}
          placeholder={words.helpersSearch}
          data-autofocus
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {groups.map((group) => (
          <Stack key={group} gap="xs">
            <Title order={3} size="h4">
              {group}
            </Title>
            {shown
              .filter((one) => one.group === group)
              .map(({ name, usage, description }) => (
                <div key={name}>
                  <Text size="sm" ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
                    {usage}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {description.replaceAll('`', '')}
                  </Text>
                </div>
              ))}
          </Stack>
        ))}
      </Stack>
    </Dialog>
  );
}
