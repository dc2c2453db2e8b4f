import {
  Autocomplete,
  Button,
  Checkbox,
  Fieldset,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core';
import { type Route } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent } from 'react';
import { Form } from '../../components/form';
import { nameChoices } from '../../components/name-choices';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { useMay } from '../../lib/session';
import { text } from '../../text';
import { routes as wording } from '../../text/routes.text';
import { connectorsQuery } from '../connections/connections.queries';
import { useConnections } from '../connections/use-connections';
import { allMappingsQuery } from '../mappings/mappings.queries';
import { FilterPreview } from './filter-preview';
import { type RouteDraft } from './route-draft';
import { SourceSelect } from './source-select';

const words = wording.form;

export interface RouteFormProps {
  readonly draft: RouteDraft;
  readonly onChange: (draft: RouteDraft) => void;
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly isReadOnly?: boolean;
  readonly submitLabel: string;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
}

export function RouteForm(props: RouteFormProps) {
  const { draft, onChange, error, isPending, isReadOnly = false, submitLabel, onSubmit, onCancel } = props;
  const may = useMay();
  const faults = faultsBelow(error instanceof ApiProblem ? error.faults : [], '');
  const set = (change: Partial<RouteDraft>): void => onChange({ ...draft, ...change });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  const fields = { draft, faults, set };
  return (
    <Form onSubmit={submit}>
      <Fieldset disabled={isReadOnly} variant="unstyled" maw={720}>
        <Stack gap="md">
          {error !== null && <ProblemAlert error={error} />}
          <TextInput
            label={words.name}
            required
            maxLength={200}
            error={faults['name']}
            value={draft.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <SourceSelect onChoose={set} />
          <EventFields {...fields} />
          {!isReadOnly && draft.filter.trim() !== '' && may('payloads:read') && (
            <FilterPreview filter={draft.filter} eventType={draft.event_type} />
          )}
          <TargetFields {...fields} />
          <DeliveryFields {...fields} />
          <Checkbox
            label={words.enabled}
            checked={draft.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          {!isReadOnly && (
            <Group>
              <Button type="submit" loading={isPending}>
                {submitLabel}
              </Button>
              <Button variant="default" onClick={onCancel}>
                {text.common.cancel}
              </Button>
            </Group>
          )}
        </Stack>
      </Fieldset>
    </Form>
  );
}

interface FieldsProps {
  readonly draft: RouteDraft;
  readonly faults: Readonly<Record<string, string>>;
  readonly set: (change: Partial<RouteDraft>) => void;
}

function EventFields({ draft, faults, set }: FieldsProps) {
  return (
    <>
      <TextInput
        label={words.eventType}
        description={words.eventTypeHint}
        required
        maxLength={100}
        error={faults['event_type']}
        value={draft.event_type}
        onChange={(event) => set({ event_type: event.currentTarget.value })}
      />
      <Textarea
        label={words.filter}
        description={words.filterHint}
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.85em' } }}
        error={faults['filter']}
        value={draft.filter}
        onChange={(event) => set({ filter: event.currentTarget.value })}
      />
    </>
  );
}

function TargetFields({ draft, faults, set }: FieldsProps) {
  const connections = useConnections();
  const { data: connectors } = useQuery(connectorsQuery());
  const { data: mappings } = useQuery(allMappingsQuery());
  const connection = draft.connection_id === null ? undefined : connections.find(draft.connection_id);
  const operations = connectors?.data.find(({ id }) => id === connection?.connector)?.operations ?? [];
  const chosen = operations.find(({ id }) => id === draft.operation);
  return (
    <>
      <Select
        label={words.connection}
        required
        allowDeselect={false}
        {...nameChoices(connections.all)}
        error={faults['connection_id']}
        value={draft.connection_id}
        onChange={(connection_id) => set({ connection_id, operation: '' })}
      />
      <Autocomplete
        label={words.operation}
        description={chosen?.description ?? words.operationHint}
        required
        data={operations.map(({ id }) => id).filter((id) => !id.startsWith('*'))}
        error={faults['operation']}
        value={draft.operation}
        onChange={(operation) => set({ operation })}
      />
      <Select
        label={words.mapping}
        description={words.mappingHint}
        clearable
        {...nameChoices(mappings)}
        error={faults['mapping_id']}
        value={draft.mapping_id}
        onChange={(mapping_id) => set({ mapping_id })}
      />
    </>
  );
}

function DeliveryFields({ draft, faults, set }: FieldsProps) {
  const { ordering } = draft;
  const choices = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={words.orderingKey}
          allowDeselect={false}
          data={choices(words.orderingKeys)}
          error={faults['ordering']}
          value={ordering.key}
          onChange={(key) => set({ ordering: { ...ordering, key: key as Route['ordering']['key'] } })}
        />
        <Select
          label={words.orderingMode}
          allowDeselect={false}
          data={choices(words.orderingModes)}
          value={ordering.mode}
          onChange={(mode) => set({ ordering: { ...ordering, mode: mode as Route['ordering']['mode'] } })}
        />
      </SimpleGrid>
      <TextInput
        label={words.retry}
        description={words.retryHint}
        error={faults['retry']}
        value={draft.delays}
        onChange={(event) => set({ delays: event.currentTarget.value })}
      />
    </>
  );
}
