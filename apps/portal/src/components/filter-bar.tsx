import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { inputTime } from '../lib/time';
import { text } from '../text';
import { nameChoices, type Named } from './name-choices';
import { TimeField } from './time-field';

export interface FilterBarProps {
  /** Whether any filter is set, so that there is something to clear. */
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

export function FilterBar({ isFiltered, onClear, children }: FilterBarProps) {
  return (
    <Group gap="xs" align="flex-end" role="search">
      {children}
      {isFiltered && (
        <Button variant="subtle" size="sm" onClick={onClear}>
          {text.common.clear}
        </Button>
      )}
    </Group>
  );
}

const PAUSE_MS = 300;

export interface TextFilterProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
  readonly width?: number;
}

/** Searches once the typing stops; Enter does not wait. */
export function TextFilter({ label, placeholder, value, onChange, width = 220 }: TextFilterProps) {
  const [typed, setTyped] = useState(value ?? '');
  const search = (wanted: string): void => onChange(wanted === '' ? undefined : wanted);
  // Whoever has gone on meanwhile is not fetched back, though this page may still show until the next one is loaded.
  const later = useDebouncedCallback((wanted: string, page: string) => {
    if (window.location.pathname === page) search(wanted);
  }, PAUSE_MS);
  // The address may change by other ways than this field.
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    // What is searched for is what was typed without the space that the next word comes after: that space stays.
    if (typed.trim() !== (value ?? '')) setTyped(value ?? '');
  }
  useEffect(() => () => later.cancel(), [later]);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      leftSection={<IconSearch size={15} />}
      w={{ base: '100%', xs: width }}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value.trim(), window.location.pathname);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        later.cancel();
        search(typed.trim());
      }}
    />
  );
}

export interface ChoiceFilterProps<T extends string> {
  readonly label: string;
  readonly choices: readonly T[];
  readonly nameOf?: (choice: T) => string;
  readonly value: T | undefined;
  readonly onChange: (value: T | undefined) => void;
}

export function ChoiceFilter<T extends string>({ label, choices, nameOf, value, onChange }: ChoiceFilterProps<T>) {
  return (
    <Select
      label={label}
      placeholder={text.common.any}
      clearable
      w={{ base: '100%', xs: 160 }}
      data={choices.map((choice) => ({
        value: choice,
        label: nameOf?.(choice) ?? text.common.status[choice] ?? choice,
      }))}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
    />
  );
}

export interface NameFilterProps {
  readonly label: string;
  readonly known: readonly Named[];
  /** An id, also of something that is not among what is known. */
  readonly value: string | undefined;
  readonly onChange: (id: string | undefined) => void;
}

/** Of things with ids, by their names. */
export function NameFilter({ label, known, value, onChange }: NameFilterProps) {
  const isKnown = value === undefined || known.some(({ id }) => id === value);
  return (
    <Select
      label={label}
      placeholder={text.common.any}
      clearable
      w={{ base: '100%', xs: 160 }}
      {...nameChoices(isKnown ? known : [{ id: value, name: value }, ...known])}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
    />
  );
}

export interface TimeFilterProps {
  readonly label: string;
  /** RFC 3339. */
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

export function TimeFilter({ label, value, onChange }: TimeFilterProps) {
  return (
    <TimeField
      label={label}
      w={{ base: '100%', xs: 200 }}
      value={value === undefined ? '' : inputTime(value)}
      onChange={(entered) => {
        const time = Date.parse(entered);
        if (entered === '') onChange(undefined);
        else if (!Number.isNaN(time)) onChange(new Date(time).toISOString());
      }}
    />
  );
}
