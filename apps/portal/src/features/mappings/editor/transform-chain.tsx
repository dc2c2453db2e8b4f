import { ActionIcon, Button, Menu, Popover, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { NumberField } from '../../../components/number-field';
import { mappings as wording } from '../../../text/mappings.text';
import { type SimpleValue, type Step } from '../model/simple-value';
import { transformOf, TRANSFORMS, type Constant, type TransformArgument } from '../model/transforms';

const words = wording.visual;
/** What is too long ends in dots. */
const ENDED = { display: 'block', textOverflow: 'ellipsis' };
type FieldValue = Extract<SimpleValue, { kind: 'field' }>;

export interface TransformChainProps {
  /** Of the field that is filled. */
  readonly name: string;
  readonly value: FieldValue;
  readonly onWrite: ((value: SimpleValue) => void) | undefined;
}

/** The functions that a field goes through, first to last. */
export function TransformChain({ name, value, onWrite }: TransformChainProps) {
  const write = (steps: readonly Step[]): void => onWrite?.({ ...value, steps });
  return (
    <>
      {value.steps.map((step, index) => (
        <StepButton
          key={`${index} ${step.name}`}
          name={name}
          step={step}
          onChange={
            onWrite === undefined
              ? undefined
              : (changed) =>
                  write(
                    changed === null
                      ? value.steps.filter((_step, at) => at !== index)
                      : value.steps.map((old, at) => (at === index ? changed : old)),
                  )
          }
        />
      ))}
      {onWrite !== undefined && (
        <Menu position="bottom-start" width={220} withinPortal>
          <Menu.Target>
            <ActionIcon size="sm" variant="default" aria-label={words.addTransform(name)}>
              <IconPlus size={13} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
            {TRANSFORMS.map((transform) => (
              <Menu.Item
                key={transform.name}
                onClick={() => write([...value.steps, { name: transform.name, args: initial(transform.name) }])}
              >
                {transform.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

function initial(name: string): Constant[] {
  return argumentsOf(name)
    .filter(({ isOptional }) => isOptional !== true)
    .map((argument) => argument.initial);
}

function argumentsOf(name: string): TransformArgument[] {
  const transform = transformOf(name);
  return transform === undefined ? [] : [...transform.before, ...transform.after];
}

interface StepButtonProps {
  readonly name: string;
  readonly step: Step;
  /** Null takes the step away. */
  readonly onChange: ((step: Step | null) => void) | undefined;
}

function StepButton({ name, step, onChange }: StepButtonProps) {
  const label = transformOf(step.name)?.label ?? step.name;
  const shown = step.args.length === 0 ? label : `${label}: ${step.args.map(String).join(', ')}`;
  return (
    <Popover position="bottom-start" withinPortal trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="light" maw={200} title={shown} styles={{ label: ENDED }}>
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" miw={200}>
          <Text size="sm" fw={600}>
            {label}
          </Text>
          {onChange !== undefined && <StepForm step={step} onChange={onChange} />}
          {onChange !== undefined && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconTrash size={13} />}
              aria-label={words.removeTransform(label, name)}
              onClick={() => onChange(null)}
            >
              {words.removeTransform(label, name)}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function StepForm({ step, onChange }: { readonly step: Step; readonly onChange: (step: Step) => void }) {
  const all = argumentsOf(step.name);
  const entries = all.map((_one, index) => step.args[index]);
  const [args, setArgs] = useState<readonly (Constant | undefined)[]>(entries);
  // What is emptied here is written with its usual value, and stays empty: only what others wrote is taken up.
  const [known, setKnown] = useState(JSON.stringify(step.args));
  if (known !== JSON.stringify(step.args)) {
    setKnown(JSON.stringify(step.args));
    setArgs(entries);
  }
  const set = (index: number, entered: Constant | undefined): void => {
    const changed = args.map((old, at) => (at === index ? entered : old));
    const written = writtenArgs(all, changed);
    setArgs(changed);
    setKnown(JSON.stringify(written));
    onChange({ ...step, args: written });
  };
  return all.map((argument, index) => {
    const value = args[index];
    const common = { size: 'xs' as const, label: argument.label, placeholder: String(argument.initial) };
    return argument.kind === 'number' ? (
      <NumberField
        key={argument.label}
        {...common}
        value={typeof value === 'number' ? value : ''}
        onChange={(entered) => set(index, entered === '' ? undefined : Number(entered))}
      />
    ) : (
      <TextInput
        key={argument.label}
        {...common}
        value={value === undefined ? '' : String(value)}
        onChange={(event) => {
          const entered = event.currentTarget.value;
          set(index, entered === '' && argument.isOptional === true ? undefined : entered);
        }}
      />
    );
  });
}

/** Arguments go by their places: one that is left out in front of another takes its usual value. */
function writtenArgs(all: readonly TransformArgument[], args: readonly (Constant | undefined)[]): Constant[] {
  const last = args.findLastIndex((value, index) => value !== undefined || all[index]?.isOptional !== true);
  return args.slice(0, last + 1).map((value, index) => value ?? all[index]?.initial ?? null);
}
