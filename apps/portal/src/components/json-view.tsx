import { ActionIcon, Box, Code, Group, ScrollArea, Text, TextInput, Tooltip } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { text } from '../text';
import { CopyButton } from './copy-button';

export interface JsonViewProps {
  /** JSON text as it came, or a value. Text that is no JSON is shown as it is. */
  readonly value: unknown;
  readonly label: string;
  readonly maxHeight?: number;
}

const MOST_LINES = 5_000;

/** JSON to read, to search in and to copy: figures keep every digit that they came with. */
export function JsonView({ value, label, maxHeight = 420 }: JsonViewProps) {
  const [wanted, setWanted] = useState('');
  const shown = useMemo(() => pretty(value), [value]);
  const lines = useMemo(() => shown.split('\n'), [shown]);
  const needle = wanted.trim().toLowerCase();
  const hits = needle === '' ? 0 : lines.filter((line) => line.toLowerCase().includes(needle)).length;
  return (
    <Box style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 8, overflow: 'hidden' }}>
      <Group justify="space-between" gap="xs" px="sm" py={6} bg="var(--mantine-color-default-hover)" wrap="nowrap">
        <Text size="sm" fw={600} truncate>
          {label}
        </Text>
        <Group gap={4} wrap="nowrap">
          <TextInput
            size="xs"
            w={130}
            aria-label={`${text.common.search}: ${label}`}
            placeholder={text.common.search}
            leftSection={<IconSearch size={13} />}
            rightSection={
              wanted !== '' && (
                <Tooltip label={`${hits}`}>
                  <ActionIcon variant="subtle" size="xs" aria-label={text.common.clear} onClick={() => setWanted('')}>
                    <IconX size={12} />
                  </ActionIcon>
                </Tooltip>
              )
            }
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
          />
          <CopyButton value={shown} />
        </Group>
      </Group>
      <ScrollArea.Autosize
        mah={maxHeight}
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': text.common.json(label) }}
      >
        <Code block fz={12.5} bg="transparent" style={{ whiteSpace: 'pre', minWidth: 'max-content' }}>
          {needle === ''
            ? lines.slice(0, MOST_LINES).join('\n')
            : lines.slice(0, MOST_LINES).map((line, index) => <Line key={index} line={line} needle={needle} />)}
        </Code>
      </ScrollArea.Autosize>
    </Box>
  );
}

function Line({ line, needle }: { readonly line: string; readonly needle: string }) {
  const at = line.toLowerCase().indexOf(needle);
  if (at < 0) return <>{`${line}\n`}</>;
  return (
    <>
      {line.slice(0, at)}
      <mark>{line.slice(at, at + needle.length)}</mark>
      {`${line.slice(at + needle.length)}\n`}
    </>
  );
}

/** Laid out without being read as numbers: `12345678901234567.89` stays what it is. */
export function pretty(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? '';
  const trimmed = value.trim();
  if (!/^[[{]/.test(trimmed)) return value;
  try {
    JSON.parse(trimmed);
  } catch {
    return value;
  }
  return indent(trimmed);
}

/** JSON text whose strings and numbers are copied letter by letter. */
function indent(json: string): string {
  let out = '';
  let depth = 0;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < json.length; at++) {
    const letter = json[at] as string;
    if (letter === '"') {
      const end = endOfString(json, at);
      out += json.slice(at, end);
      at = end - 1;
    } else if (letter === '{' || letter === '[') {
      const next = json.slice(at + 1).trimStart()[0];
      if (next === '}' || next === ']') {
        out += letter + next;
        at = json.indexOf(next, at);
      } else {
        depth++;
        out += letter + line();
      }
    } else if (letter === '}' || letter === ']') {
      depth--;
      out += line() + letter;
    } else if (letter === ',') out += letter + line();
    else if (letter === ':') out += ': ';
    else if (!/\s/.test(letter)) out += letter;
  }
  return out;
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
