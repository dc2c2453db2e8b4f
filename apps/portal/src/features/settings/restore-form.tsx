import { Button, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { startRestore } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { hubNow } from '../../lib/hub-clock';
import { inputTime } from '../../lib/time';
import { text } from '../../text';
import { settings as wording } from '../../text/settings.text';

const words = wording.archive;
const WEEK_MS = 604_800_000;

/** Named events, or all of a span of time. */
export function RestoreForm({ onStarted }: { readonly onStarted: () => void }) {
  const [by, setBy] = useState<'ids' | 'time'>('ids');
  const [ids, setIds] = useState('');
  const [from, setFrom] = useState(() => inputTime(hubNow() - 5 * WEEK_MS));
  const [to, setTo] = useState(() => inputTime(hubNow() - 4 * WEEK_MS));
  const [type, setType] = useState('');
  const [keepDays, setKeepDays] = useState(7);
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () => {
      const named = { event_ids: ids.split(/\s+/).filter((id) => id !== '') };
      const filter = type.trim() === '' ? {} : { filter: { type: type.trim() } };
      const span = () => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), ...filter });
      const which = by === 'ids' ? named : span();
      return answerOf(startRestore({ body: { ...which, keep_days: keepDays, reason: reason.trim() } }));
    },
    onSuccess: async () => {
      onStarted();
      await client.invalidateQueries({ queryKey: ['restores'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        {start.error !== null && <ProblemAlert error={start.error} />}
        <SegmentedControl
          aria-label={words.what}
          data={[
            { value: 'ids', label: words.byIds },
            { value: 'time', label: words.byTime },
          ]}
          value={by}
          onChange={(value) => setBy(value === 'time' ? 'time' : 'ids')}
        />
        {by === 'ids' ? (
          <Textarea
            label={words.ids}
            description={words.idsHint}
            required
            autosize
            minRows={3}
            maxRows={10}
            value={ids}
            onChange={(event) => setIds(event.currentTarget.value)}
          />
        ) : (
          <>
            <TimeField label={words.from} required value={from} onChange={setFrom} />
            <TimeField label={words.to} required value={to} onChange={setTo} />
            <TextInput label={words.type} value={type} onChange={(event) => setType(event.currentTarget.value)} />
          </>
        )}
        <NumberField
          label={words.keepDays}
          required
          min={1}
          max={30}
          allowDecimal={false}
          value={keepDays}
          onChange={(entered) => entered !== '' && setKeepDays(Number(entered))}
        />
        <TextInput
          label={text.common.reason}
          description={text.common.reasonHint}
          required
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button type="submit" loading={start.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </Form>
  );
}
