import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { createMapping } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { mappings as wording } from '../../text/mappings.text';
import { templatesQuery } from './mappings.queries';

const words = wording.create;
const EMPTY = '';
/** A mapping is never without an expression. */
const FIRST = '{\n}';

interface Props {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function CreateMapping({ isOpen, onClose }: Props) {
  return (
    <Dialog opened={isOpen} onClose={onClose} title={words.title}>
      <NewMappingForm />
    </Dialog>
  );
}

function NewMappingForm() {
  const [from, setFrom] = useState(EMPTY);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const { data: templates = [] } = useQuery(templatesQuery());
  const template = templates.find(({ id }) => id === from);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        createMapping({
          body: {
            ...(from === EMPTY ? { expression: FIRST } : { template_id: from }),
            ...(name.trim() === '' ? {} : { name: name.trim() }),
            ...(description.trim() === '' ? {} : { description: description.trim() }),
          },
        }),
      ),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['mappings'] });
      await navigate({ to: '/mappings/$mappingId', params: { mappingId: id } });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  const groups = [...new Set(templates.map(({ connector }) => connector))].map((connector) => ({
    group: connector,
    items: templates
      .filter((candidate) => candidate.connector === connector)
      .map(({ id, title }) => ({ value: id, label: title })),
  }));
  return (
    <Form onSubmit={submit}>
      <Stack gap="md">
        <Select
          label={words.from}
          data={[{ value: EMPTY, label: words.empty }, ...groups]}
          value={from}
          onChange={(chosen) => setFrom(chosen ?? EMPTY)}
          allowDeselect={false}
          searchable
        />
        {template !== undefined && (
          <Text size="sm" c="dimmed">
            {words.kinds[template.direction]}: {template.description} {words.templateHint}
          </Text>
        )}
        <TextInput
          label={words.name}
          required={from === EMPTY}
          placeholder={template?.title}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={words.describe}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {create.error !== null && <ProblemAlert error={create.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={from === EMPTY && name.trim() === ''}>
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
