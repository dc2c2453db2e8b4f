import { Button, Group } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { text } from '../text';

interface Props<Name extends string> {
  /** Filters without a field of their own, which a link has set. */
  readonly values: { readonly [K in NoInfer<Name>]?: string };
  readonly names: Readonly<Record<Name, string>>;
  readonly onRemove: (name: Name) => void;
}

/** Nothing filters a list unseen: each of them is shown, and can be taken off. */
export function SetFilters<Name extends string>({ values, names, onRemove }: Props<Name>) {
  const set = (Object.keys(names) as Name[]).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ name, value }];
  });
  if (set.length === 0) return null;
  return (
    <Group gap="xs">
      {set.map(({ name, value }) => (
        <Button
          key={name}
          size="compact-sm"
          variant="default"
          maw="100%"
          rightSection={<IconX size={14} />}
          aria-label={text.common.takeOff(names[name], value)}
          onClick={() => onRemove(name)}
        >
          {names[name]}: {value}
        </Button>
      ))}
    </Group>
  );
}
