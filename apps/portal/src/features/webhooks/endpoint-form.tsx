import { Button, Checkbox, Group, MultiSelect, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { nameChoices } from '../../components/name-choices';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem, isMoveRefused } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';
import { webhooks as wording } from '../../text/webhooks.text';
import { useConnections } from '../connections/use-connections';
import { badHeaderOf, typeChoices, type EndpointValues } from './endpoint-values';
import { eventTypesQuery } from './webhooks.queries';

const words = wording.form;

interface EndpointFormProps {
  readonly initial: EndpointValues;
  readonly isNew: boolean;
  /** Names of the headers that are set. */
  readonly headerNames?: readonly string[];
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onSubmit: (values: EndpointValues) => void;
}

export function EndpointForm({ initial, isNew, headerNames = [], isPending, error, onSubmit }: EndpointFormProps) {
  const [value, setValue] = useState(initial);
  const set = (changed: Partial<EndpointValues>): void => setValue((now) => ({ ...now, ...changed }));
  const told = error instanceof ApiProblem ? faultsBelow(error.faults, '') : {};
  const faults = isMoveRefused(error) ? { ...told, headers: words.moved } : told;
  const badHeader = badHeaderOf(value.headers);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (badHeader === null) onSubmit(value);
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={620}>
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label={words.url}
          description={words.urlHint}
          type="url"
          required
          placeholder="https://example.com/hooks/hub"
          error={faults['url']}
          value={value.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
        <TextInput
          label={words.description}
          maxLength={200}
          error={faults['description']}
          value={value.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
        <Choices value={value} set={set} fault={faults['event_types']} />
        <Textarea
          label={words.headers}
          description={headerNames.length === 0 ? words.headersHint : words.headersKeep(headerNames.join(', '))}
          autosize
          minRows={2}
          disabled={value.dropHeaders}
          error={badHeader === null ? faults['headers'] : words.badHeader(badHeader)}
          value={value.headers}
          onChange={(event) => set({ headers: event.currentTarget.value })}
        />
        {headerNames.length > 0 && (
          <Checkbox
            label={words.headersNone}
            checked={value.dropHeaders}
            onChange={(event) => set({ dropHeaders: event.currentTarget.checked })}
          />
        )}
        <Checkbox
          label={words.enabled}
          checked={value.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Group>
          <Button type="submit" loading={isPending} disabled={value.eventTypes.length === 0}>
            {isNew ? words.create : text.common.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

interface ChoicesProps {
  readonly value: EndpointValues;
  readonly set: (changed: Partial<EndpointValues>) => void;
  readonly fault: string | undefined;
}

function Choices({ value, set, fault }: ChoicesProps) {
  const types = useQuery(eventTypesQuery());
  const { all: connections } = useConnections();
  const summaries = useMemo(
    () => new Map(types.data?.data.map(({ type, summary }) => [type, summary]) ?? []),
    [types.data],
  );
  return (
    <>
      {types.error !== null && <ProblemAlert error={types.error} onRetry={() => void types.refetch()} />}
      <MultiSelect
        label={words.types}
        description={words.typesHint}
        required
        searchable
        maxDropdownHeight={320}
        data={typeChoices(types.data?.data ?? [], words)}
        error={fault}
        value={[...value.eventTypes]}
        onChange={(eventTypes) => set({ eventTypes })}
        renderOption={({ option }) => (
          <div>
            {option.label}
            {summaries.has(option.value) && (
              <Text size="xs" c="dimmed">
                {summaries.get(option.value)}
              </Text>
            )}
          </div>
        )}
      />
      <MultiSelect
        label={words.connections}
        description={words.connectionsHint}
        {...nameChoices(connections)}
        value={[...value.connectionIds]}
        onChange={(connectionIds) => set({ connectionIds })}
      />
    </>
  );
}
