import { Alert, Autocomplete, Button, Group, ScrollArea, Stack, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import jsonata from 'jsonata';
import { useMemo, useState } from 'react';
import { mappings as wording } from '../../../text/mappings.text';
import { membersOf, removeMember, setMember } from '../model/mapping-edits';
import { readMapping, type MemberValue } from '../model/mapping-object';
import { type SamplePath } from '../model/sample-paths';
import { writeValue, type AstNode, type SimpleValue } from '../model/simple-value';
import { valueAt, type Target, type TargetField } from '../model/target-fields';
import classes from './editor.module.css';
import { VisualRow } from './visual-row';

const words = wording.visual;

export interface VisualEditorProps {
  readonly expression: string;
  /** Left out: there to read. */
  readonly onChange: ((expression: string) => void) | undefined;
  readonly paths: readonly SamplePath[];
  readonly target: Target | null;
  /** What the mapping makes of the sample. */
  readonly output: unknown;
  /** Goes to the code, to a place in it. */
  readonly onShowCode: (offset: number) => void;
}

/**
 * The same mapping as its code: fields are read from the text and written back into it, and whatever is no simple field
 * stays as it is.
 */
export function VisualEditor(props: VisualEditorProps) {
  const { expression, onChange, paths, target, output, onShowCode } = props;
  const model = useMemo(() => readMapping(expression, parse), [expression]);
  const rows = useMemo(() => (typeof model === 'string' ? [] : rowsOf(model.object, target)), [model, target]);
  if (typeof model === 'string')
    return (
      <div className={classes.fill}>
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />}>
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{model === 'syntax' ? words.syntax : words.noObject}</Text>
            <Button size="compact-sm" variant="default" onClick={() => onShowCode(0)}>
              {words.editCode}
            </Button>
          </Stack>
        </Alert>
      </div>
    );
  const write = (path: readonly string[], value: SimpleValue): void => {
    const changed = setMember(expression, model.object, path, writeValue(value));
    if (changed !== null) onChange?.(changed);
  };
  return (
    <Stack gap="xs" className={classes.fill}>
      {!model.isWhole && (
        <Text size="xs" c="dimmed">
          {words.partial}
        </Text>
      )}
      <ScrollArea
        className={classes.scroll}
        scrollbars="y"
        offsetScrollbars="present"
        type="auto"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': words.targets }}
      >
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.empty}
          </Text>
        )}
        <ul className={classes.rows}>
          {rows.map(({ path, field, value, from, source }) => (
            <VisualRow
              key={path.join('\0')}
              path={path}
              field={field}
              value={value}
              code={source === null ? '' : expression.slice(source.from, source.to)}
              paths={paths}
              result={output === undefined ? null : shown(valueAt(output, path))}
              onWrite={onChange === undefined ? undefined : (written) => write(path, written)}
              onRemove={
                onChange === undefined || source === null
                  ? undefined
                  : () => onChange(removeMember(expression, model.object, path))
              }
              onShowCode={() => onShowCode(from)}
            />
          ))}
        </ul>
      </ScrollArea>
      {onChange !== undefined && (
        <AddField
          fields={target?.fields ?? []}
          taken={new Set(rows.map(({ path }) => path.join('.')))}
          onAdd={(path) => write(path, { kind: 'constant', value: null })}
        />
      )}
    </Stack>
  );
}

function parse(source: string): AstNode {
  return jsonata(source).ast() as unknown as AstNode;
}

interface Row {
  readonly path: readonly string[];
  readonly field: TargetField | undefined;
  /** Null for a field that is needed and not filled. */
  readonly value: MemberValue | null;
  readonly from: number;
  readonly source: { readonly from: number; readonly to: number } | null;
}

/** What is filled, in the order of the text, and then what is needed and is not. */
function rowsOf(object: Parameters<typeof membersOf>[0], target: Target | null): Row[] {
  const fields = new Map(target?.fields.map((field) => [field.path.join('.'), field]));
  const filled = membersOf(object).map(({ path, member }): Row => ({
    path,
    field: fields.get(path.join('.')),
    value: member.value,
    from: member.from,
    source: { from: member.valueFrom, to: member.valueTo },
  }));
  const isFilled = (path: readonly string[]): boolean =>
    filled.some((row) => path.join('.') === row.path.join('.') || isAbove(row.path, path));
  const needed = [...fields.values()].filter(({ isRequired, path }) => isRequired && !isFilled(path));
  return [
    ...filled,
    ...needed.map((field): Row => ({ path: field.path, field, value: null, from: object.open, source: null })),
  ];
}

function isAbove(above: readonly string[], path: readonly string[]): boolean {
  return above.length < path.length && above.every((name, index) => path[index] === name);
}

interface AddFieldProps {
  readonly fields: readonly TargetField[];
  readonly taken: ReadonlySet<string>;
  readonly onAdd: (path: readonly string[]) => void;
}

function AddField({ fields, taken, onAdd }: AddFieldProps) {
  const [wanted, setWanted] = useState('');
  const names = fields.map(({ path }) => path.join('.')).filter((name) => !taken.has(name));
  const add = (name: string): void => {
    if (name.trim() === '' || taken.has(name.trim())) return;
    const known = fields.find(({ path }) => path.join('.') === name);
    onAdd(
      known?.path ??
        name
          .trim()
          .split('.')
          .filter((part) => part !== ''),
    );
    setWanted('');
  };
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Autocomplete
        size="xs"
        aria-label={words.add}
        placeholder={words.addHint}
        data={names}
        limit={200}
        value={wanted}
        onChange={setWanted}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add(wanted);
        }}
        style={{ flex: 1 }}
      />
      <Button
        size="xs"
        variant="default"
        disabled={wanted.trim() === '' || taken.has(wanted.trim())}
        onClick={() => add(wanted)}
      >
        {words.add}
      </Button>
    </Group>
  );
}

function shown(value: unknown): string {
  if (value === undefined) return words.notSent;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
