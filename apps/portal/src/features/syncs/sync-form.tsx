import { Button, Checkbox, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type CreateSyncRequest } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode } from 'react';
import { Form } from '../../components/form';
import { nameChoices } from '../../components/name-choices';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';
import { syncs as wording } from '../../text/syncs.text';
import { allMappingsQuery } from '../mappings/mappings.queries';

const words = wording.form;

/** What both a new sync and a known one are asked for. */
export interface SyncDraft {
  readonly name: string;
  readonly mapping_id: string | null;
  /** Undefined: what the connector advises. */
  readonly interval_seconds?: number;
  readonly full_every_hours: number | null;
  readonly freshness_seconds: number | null;
  readonly daily_window: NonNullable<CreateSyncRequest['daily_window']> | null;
}

export interface SyncFormProps {
  readonly draft: SyncDraft;
  readonly onChange: (draft: SyncDraft) => void;
  /** Of the object: the least that its vendor bears, and what the connector advises. */
  readonly bounds?: { readonly min_interval_seconds: number; readonly default_interval_seconds: number };
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly submitLabel: string;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
  /** What only a new sync is asked for. */
  readonly children?: ReactNode;
}

export function SyncForm(props: SyncFormProps) {
  const { draft, onChange, bounds, error, isPending, submitLabel, onSubmit, onCancel, children } = props;
  const mappings = useQuery(allMappingsQuery());
  const faults = faultsBelow(error instanceof ApiProblem ? error.faults : [], '');
  const set = (change: Partial<SyncDraft>): void => onChange({ ...draft, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="md" maw={640}>
        {error !== null && <ProblemAlert error={error} />}
        {children}
        <TextInput
          label={words.name}
          required
          maxLength={200}
          error={faults['name']}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <NumberField
          label={words.interval}
          description={bounds && words.intervalHint(bounds.min_interval_seconds, bounds.default_interval_seconds)}
          placeholder={bounds && String(bounds.default_interval_seconds)}
          min={1}
          error={faults['interval_seconds']}
          value={draft.interval_seconds ?? ''}
          onChange={(entered) => set({ interval_seconds: numberOf(entered) ?? undefined })}
        />
        <NumberField
          label={words.full}
          description={words.fullHint}
          min={1}
          error={faults['full_every_hours']}
          value={draft.full_every_hours ?? ''}
          onChange={(entered) => set({ full_every_hours: numberOf(entered) })}
        />
        <NumberField
          label={words.freshness}
          description={words.freshnessHint}
          min={1}
          error={faults['freshness_seconds']}
          value={draft.freshness_seconds ?? ''}
          onChange={(entered) => set({ freshness_seconds: numberOf(entered) })}
        />
        <WindowFields window={draft.daily_window} fault={faults['daily_window']} onChange={set} />
        <Select
          label={words.mapping}
          description={words.mappingHint}
          clearable
          {...nameChoices(mappings.data)}
          error={faults['mapping_id']}
          value={draft.mapping_id}
          onChange={(mapping_id) => set({ mapping_id })}
        />
        <Group>
          <Button type="submit" loading={isPending}>
            {submitLabel}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {text.common.cancel}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

interface WindowFieldsProps {
  readonly window: SyncDraft['daily_window'];
  readonly fault: string | undefined;
  readonly onChange: (change: Pick<SyncDraft, 'daily_window'>) => void;
}

function WindowFields({ window, fault, onChange }: WindowFieldsProps) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Stack gap="xs">
      <Checkbox
        label={words.window}
        error={fault}
        checked={window !== null}
        onChange={(event) =>
          onChange({
            daily_window: event.currentTarget.checked ? { from: '22:00', to: '05:00', time_zone: zone } : null,
          })
        }
      />
      {window !== null && (
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          <TextInput
            type="time"
            label={words.windowFrom}
            required
            value={window.from}
            onChange={(event) => onChange({ daily_window: { ...window, from: event.currentTarget.value } })}
          />
          <TextInput
            type="time"
            label={words.windowTo}
            required
            value={window.to}
            onChange={(event) => onChange({ daily_window: { ...window, to: event.currentTarget.value } })}
          />
          <Select
            label={words.windowZone}
            searchable
            allowDeselect={false}
            data={Intl.supportedValuesOf('timeZone')}
            limit={100}
            value={window.time_zone}
            onChange={(chosen) => chosen !== null && onChange({ daily_window: { ...window, time_zone: chosen } })}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}

function numberOf(entered: string | number): number | null {
  return entered === '' ? null : Number(entered);
}
