import { Button, Group, Stack, TextInput } from '@mantine/core';
import { updateMapping, type Mapping } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../../components/dialog';
import { Form } from '../../../components/form';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { text } from '../../../text';
import { mappings as wording } from '../../../text/mappings.text';

const words = wording;

export function RenameMapping({ mapping, onClose }: { readonly mapping: Mapping; readonly onClose: () => void }) {
  const [name, setName] = useState(mapping.name);
  const [description, setDescription] = useState(mapping.description);
  const client = useQueryClient();
  const rename = useMutation({
    mutationFn: () =>
      answerOf(
        updateMapping({ path: { id: mapping.id }, body: { name: name.trim(), description: description.trim() } }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['mapping', mapping.id], exact: true });
      void client.invalidateQueries({ queryKey: ['mappings'] });
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={words.rename.title}>
      <Form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={words.create.name}
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={words.create.describe}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {rename.error !== null && <ProblemAlert error={rename.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={rename.isPending} disabled={name.trim() === ''}>
              {text.common.save}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialog>
  );
}
