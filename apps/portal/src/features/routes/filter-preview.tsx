import { Alert, Button, Fieldset, Group, JsonInput, Stack } from '@mantine/core';
import { previewMapping } from '@hub/api-client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { routes as wording } from '../../text/routes.text';
import { newestEventOf } from './routes.queries';

const words = wording.preview;

export interface FilterPreviewProps {
  readonly filter: string;
  readonly eventType: string;
}

/** Asks the hub's own engine, so that what is shown here is what will be decided. */
export function FilterPreview({ filter, eventType }: FilterPreviewProps) {
  const [sample, setSample] = useState('');
  const [event, setEvent] = useState<Record<string, unknown>>();
  const take = useMutation({
    mutationFn: () => newestEventOf(eventType.trim()),
    onSuccess: (found) => {
      if (found === null) return;
      const { type, source, subject, event_id } = found;
      setEvent({ type, source, subject, event_id });
      setSample(JSON.stringify(found.payload, null, 2));
    },
  });
  const run = useMutation({
    mutationFn: (input: unknown) =>
      // As the hub decides: JSONata's idea of truth, and a path that leads nowhere is a no.
      answerOf(previewMapping({ body: { expression: `$boolean([(${filter}\n)])`, input, event } })),
  });
  const input = parsed(sample);
  const passes = run.data?.output === true;
  return (
    <Fieldset legend={words.title}>
      <Stack gap="sm">
        <JsonInput
          label={words.sample}
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          error={sample.trim() !== '' && input === undefined ? words.notJson : undefined}
          value={sample}
          onChange={setSample}
        />
        <Group gap="xs">
          <Button size="sm" loading={run.isPending} disabled={input === undefined} onClick={() => run.mutate(input)}>
            {words.run}
          </Button>
          <Button size="sm" variant="default" loading={take.isPending} onClick={() => take.mutate()}>
            {words.newest}
          </Button>
        </Group>
        {take.data === null && <Alert color="yellow">{words.none}</Alert>}
        {(take.error ?? run.error) !== null && <ProblemAlert error={take.error ?? run.error} />}
        {run.data !== undefined && (
          <Alert color={passes ? 'teal' : 'yellow'} variant="light" role="status">
            {passes ? words.passes : words.stopped}
          </Alert>
        )}
      </Stack>
    </Fieldset>
  );
}

function parsed(sample: string): unknown {
  try {
    return JSON.parse(sample);
  } catch {
    return undefined;
  }
}
