import { ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { IconGripVertical } from '@tabler/icons-react';
import { useState } from 'react';
import { mappings as wording } from '../../../text/mappings.text';
import { type SamplePath } from '../model/sample-paths';
import classes from './editor.module.css';

const words = wording.visual;
/** Of what is dragged: a path as JSON. */
export const PATH_TYPE = 'application/x-hub-path';

/** The fields of the sample, to be dragged onto those of the mapping; with the keyboard they are chosen there. */
export function SourceFields({ paths }: { readonly paths: readonly SamplePath[] }) {
  const [wanted, setWanted] = useState('');
  const shown = paths.filter(({ text: path }) => path.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Stack gap={6} className={classes.fill}>
      <TextInput
        size="xs"
        aria-label={words.filter}
        placeholder={words.filter}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <Text size="xs" c="dimmed">
        {paths.length === 0 ? words.noSources : words.sourcesHint}
      </Text>
      <ScrollArea
        className={classes.scroll}
        scrollbars="y"
        offsetScrollbars="present"
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': words.sources }}
      >
        <ul className={classes.sources}>
          {shown.map(({ path, text: label, kind, example }) => (
            <li
              key={label}
              draggable
              className={classes.sourceField}
              onDragStart={(event) => {
                event.dataTransfer.setData(PATH_TYPE, JSON.stringify(path));
                event.dataTransfer.effectAllowed = 'copy';
              }}
            >
              <IconGripVertical size={12} aria-hidden />
              <code>{label}</code>
              <Text span size="xs" c="dimmed" truncate>
                {example === '' ? kind : example}
              </Text>
            </li>
          ))}
        </ul>
      </ScrollArea>
    </Stack>
  );
}
