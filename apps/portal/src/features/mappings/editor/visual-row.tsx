import { ActionIcon, Badge, Button, Code, Group, Select, Text, TextInput } from '@mantine/core';
import { IconCode, IconX } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { mappings as wording } from '../../../text/mappings.text';
import { parsedJson } from '../model/json-text';
import { type MemberValue } from '../model/mapping-object';
import { type SamplePath } from '../model/sample-paths';
import { pathText, type SimpleValue } from '../model/simple-value';
import { type TargetField } from '../model/target-fields';
import { type Constant } from '../model/transforms';
import classes from './editor.module.css';
import { PATH_TYPE } from './source-fields';
import { TransformChain } from './transform-chain';

const words = wording.visual;
const CONSTANT = '=';

export interface VisualRowProps {
  readonly path: readonly string[];
  readonly field: TargetField | undefined;
  readonly value: MemberValue | null;
  /** As it is written. */
  readonly code: string;
  readonly paths: readonly SamplePath[];
  /** What comes out, in short; null while nothing does. */
  readonly result: string | null;
  readonly onWrite: ((value: SimpleValue) => void) | undefined;
  readonly onRemove: (() => void) | undefined;
  readonly onShowCode: () => void;
}

/** One field: what fills it, what it goes through on the way, and what comes out. */
export function VisualRow(props: VisualRowProps) {
  const { path, field, value, paths, result, onWrite, onRemove } = props;
  const [isOver, setOver] = useState(false);
  const name = path.join('.');
  const simple = value?.kind === 'simple' ? value.value : null;
  const fill = (from: readonly string[]): void =>
    onWrite?.({ kind: 'field', path: from, steps: simple?.kind === 'field' ? simple.steps : [] });
  const canDrop = (event: DragEvent): boolean => onWrite !== undefined && event.dataTransfer.types.includes(PATH_TYPE);
  const drop = (event: DragEvent): void => {
    setOver(false);
    const dropped = parsedJson(event.dataTransfer.getData(PATH_TYPE));
    if (!Array.isArray(dropped)) return;
    event.preventDefault();
    fill(dropped.map(String));
  };
  return (
    <li
      className={classes.row}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        if (!canDrop(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Group gap={6} wrap="nowrap" justify="space-between">
        <Group gap={6} className={classes.names}>
          <Text size="sm" fw={600} className={classes.breakable} title={field?.hint}>
            {name}
          </Text>
          {field !== undefined && field.label !== name && (
            <Text size="xs" c="dimmed" className={classes.breakable}>
              {field.label} · {field.type}
            </Text>
          )}
          {field?.isRequired === true && (
            <Badge size="sm" variant="light" color={value === null ? 'red' : 'gray'} radius="sm" tt="none">
              {words.required}
            </Badge>
          )}
        </Group>
        <Group gap={4} wrap="nowrap">
          {result !== null && (
            <Text size="xs" c="dimmed" truncate maw={150} title={result}>
              → {result}
            </Text>
          )}
          {onRemove !== undefined && (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={words.remove(name)} onClick={onRemove}>
              <IconX size={14} />
            </ActionIcon>
          )}
        </Group>
      </Group>
      {value?.kind === 'expression' || value?.kind === 'object' ? (
        <Expression {...props} />
      ) : (
        <Group gap={6} align="center">
          <SourceSelect name={name} simple={simple} paths={paths} onFill={fill} onWrite={onWrite} />
          {simple?.kind === 'constant' && <ConstantInput name={name} value={simple.value} onWrite={onWrite} />}
          {simple?.kind === 'field' && <TransformChain name={name} value={simple} onWrite={onWrite} />}
        </Group>
      )}
    </li>
  );
}

function Expression({ code, onShowCode }: Pick<VisualRowProps, 'code' | 'onShowCode'>) {
  return (
    <Group gap={6} wrap="nowrap" justify="space-between" align="flex-start">
      <Code className={classes.expression} title={words.expressionHint}>
        {code}
      </Code>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconCode size={13} />}
        style={{ flexShrink: 0 }}
        onClick={onShowCode}
      >
        {words.editCode}
      </Button>
    </Group>
  );
}

interface SourceSelectProps {
  readonly name: string;
  readonly simple: SimpleValue | null;
  readonly paths: readonly SamplePath[];
  readonly onFill: (path: readonly string[]) => void;
  readonly onWrite: VisualRowProps['onWrite'];
}

function SourceSelect({ name, simple, paths, onFill, onWrite }: SourceSelectProps) {
  const chosen = simple === null ? null : simple.kind === 'constant' ? CONSTANT : pathText(simple.path);
  const isKnown = chosen === null || chosen === CONSTANT || paths.some(({ text: path }) => path === chosen);
  const options = [
    { value: CONSTANT, label: words.constant },
    ...(isKnown ? [] : [{ value: chosen, label: chosen }]),
    ...paths.map(({ text: path, example }) => ({
      value: path,
      label: example === '' ? path : `${path}  (${example})`,
    })),
  ];
  return (
    <Select
      size="xs"
      aria-label={words.sourceOf(name)}
      placeholder={words.from}
      searchable
      readOnly={onWrite === undefined}
      data={options}
      value={chosen}
      className={classes.source}
      onChange={(value) => {
        if (value === null || value === chosen) return;
        const known = paths.find(({ text: path }) => path === value);
        if (known !== undefined) onFill(known.path);
        else if (value === CONSTANT) onWrite?.({ kind: 'constant', value: '' });
      }}
    />
  );
}

interface ConstantInputProps {
  readonly name: string;
  readonly value: Constant;
  readonly onWrite: VisualRowProps['onWrite'];
}

/** Figures, true, false and null are what they look like; text that looks like one of them stands in quotes. */
function ConstantInput({ name, value, onWrite }: ConstantInputProps) {
  const [typed, setTyped] = useState(constantText(value));
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    setTyped(constantText(value));
  }
  const commit = (): void => {
    const entered = constantOf(typed);
    if (entered !== value) onWrite?.({ kind: 'constant', value: entered });
  };
  return (
    <TextInput
      size="xs"
      aria-label={words.constantOf(name)}
      className={classes.source}
      readOnly={onWrite === undefined}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}

function constantOf(typed: string): Constant {
  const value = parsedJson(typed);
  return value !== undefined && typeof value !== 'object' ? (value as Constant) : value === null ? null : typed;
}

function constantText(value: Constant): string {
  return typeof value === 'string' && constantOf(value) === value ? value : JSON.stringify(value);
}
