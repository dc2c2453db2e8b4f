import { Button, JsonInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { createGoldenCase, updateGoldenCase, type CreateGoldenCaseRequest, type GoldenCase } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../../components/dialog';
import { DialogButtons } from '../../../components/dialog-buttons';
import { Form } from '../../../components/form';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { text } from '../../../text';
import { mappings as wording } from '../../../text/mappings.text';
import { type Sample } from '../editor/sample';
import { isJson, parsedJson } from '../model/json-text';

const words = wording.golden;
type Outcome = GoldenCase['outcome'];

export interface CaseDialogProps {
  readonly mappingId: string;
  /** Null for a new one. */
  readonly golden: GoldenCase | null;
  /** What a new one begins with. */
  readonly start: { readonly sample: Sample; readonly output: unknown } | null;
  readonly onClose: () => void;
}

export function CaseDialog({ mappingId, golden, start, onClose }: CaseDialogProps) {
  const [name, setName] = useState(golden?.name ?? '');
  const [input, setInput] = useState(start?.sample.text ?? JSON.stringify(golden?.input ?? {}, null, 2));
  const [outcome, setOutcome] = useState<Outcome>(golden?.outcome ?? 'output');
  const [output, setOutput] = useState(JSON.stringify(start?.output ?? golden?.output ?? {}, null, 2));
  const [ignore, setIgnore] = useState(golden?.ignore.join('\n') ?? '');
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => {
      const given = {
        name: name.trim(),
        ...(outcome === 'output' ? { output: parsedJson(output) } : {}),
        outcome,
        ignore: ignore
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      };
      // As text, so that figures keep every digit.
      const body = (members: object): string => `${JSON.stringify(members).slice(0, -1)},"input":${input}}`;
      if (golden !== null)
        return answerOf(
          updateGoldenCase({
            path: { id: mappingId, case_id: golden.id },
            body: {},
            bodySerializer: () => body(given),
          }),
        );
      const links = (start?.sample.links ?? []) as CreateGoldenCaseRequest['links'];
      const members = { ...given, links, ...(start === null ? {} : { event: eventOf(start.sample) }) };
      return answerOf(
        createGoldenCase({
          path: { id: mappingId },
          body: { name: '', input: null },
          bodySerializer: () => body(members),
        }),
      );
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['mapping', mappingId, 'golden-cases'] });
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const isReady = name.trim() !== '' && isJson(input) && (outcome !== 'output' || isJson(output));
  const json = { autosize: true, minRows: 3, maxRows: 12, validationError: wording.editor.badJson } as const;
  return (
    <Dialog opened onClose={onClose} title={words.addTitle} size="lg">
      <Form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={words.name}
            required
            maxLength={200}
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <JsonInput label={words.input} required {...json} value={input} onChange={setInput} />
          <Select
            label={words.outcome}
            data={Object.entries(words.outcomes).map(([value, label]) => ({ value, label }))}
            allowDeselect={false}
            value={outcome}
            onChange={(chosen) => setOutcome((chosen ?? 'output') as Outcome)}
          />
          {outcome === 'output' && (
            <>
              <JsonInput label={words.output} required {...json} value={output} onChange={setOutput} />
              <Textarea
                label={words.ignore}
                description={words.ignoreHint}
                autosize
                minRows={1}
                maxRows={5}
                value={ignore}
                onChange={(event) => setIgnore(event.currentTarget.value)}
              />
            </>
          )}
          {save.error !== null && <ProblemAlert error={save.error} />}
          <DialogButtons>
            <Button type="submit" disabled={!isReady} loading={save.isPending}>
              {text.common.save}
            </Button>
          </DialogButtons>
        </Stack>
      </Form>
    </Dialog>
  );
}

/** What is not known of the event is left out: every event has it in one form or another. */
function eventOf({ event }: Sample): object | null {
  return event === null ? null : Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
}
