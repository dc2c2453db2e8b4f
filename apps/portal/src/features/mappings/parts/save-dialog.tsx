import { Button, Stack, Text, TextInput } from '@mantine/core';
import { createMappingVersion } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../../components/dialog';
import { DialogButtons } from '../../../components/dialog-buttons';
import { Form } from '../../../components/form';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { mappings as wording } from '../../../text/mappings.text';
import { type Draft } from '../editor/mapping-editor';
import { versionQuery } from '../mappings.queries';
import { parsedObject } from '../model/json-text';

const words = wording.editor;

export interface SaveDialogProps {
  readonly mappingId: string;
  readonly draft: Draft;
  readonly onClose: () => void;
  readonly onSaved: (version: number) => void;
}

export function SaveDialog({ mappingId, draft, onClose, onSaved }: SaveDialogProps) {
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () =>
      answerOf(
        createMappingVersion({
          path: { id: mappingId },
          body: {
            expression: draft.expression,
            tables: { ...(parsedObject(draft.tables) ?? {}) },
            ...(note.trim() === '' ? {} : { note: note.trim() }),
          },
        }),
      ),
    onSuccess: (saved) => {
      client.setQueryData(versionQuery(mappingId, saved.version).queryKey, saved);
      // Before the page learns of it as of one that somebody else has saved.
      onSaved(saved.version);
      void client.invalidateQueries({ queryKey: ['mapping', mappingId] });
      void client.invalidateQueries({ queryKey: ['mappings'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={words.saveTitle}>
      <Form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{words.saveBody}</Text>
          <TextInput
            label={words.note}
            description={words.noteHint}
            data-autofocus
            maxLength={1_000}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          {save.error !== null && <ProblemAlert error={save.error} />}
          <DialogButtons>
            <Button type="submit" loading={save.isPending}>
              {words.save}
            </Button>
          </DialogButtons>
        </Stack>
      </Form>
    </Dialog>
  );
}
