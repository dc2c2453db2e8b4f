import { Alert, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core';
import { type PutRetentionRequest, type RetentionResponse } from '@hub/api-client';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { text } from '../../text';
import { settings as wording } from '../../text/settings.text';
import { SaveButton } from './save-button';

const words = wording.retention;
const FIELDS = ['hot_days', 'archive_days', 'dead_letter_days'] as const;
type Days = Record<(typeof FIELDS)[number], number | null>;

interface RetentionFormProps {
  readonly retention: RetentionResponse;
  readonly mayChange: boolean;
  readonly isPending: boolean;
  readonly isSaved: boolean;
  readonly error: Error | null;
  readonly onSave: (body: PutRetentionRequest) => void;
}

export function RetentionForm({ retention, mayChange, isPending, isSaved, error, onSave }: RetentionFormProps) {
  const { hot_days, archive_days, dead_letter_days } = retention;
  const [days, setDays] = useState<Days>({ hot_days, archive_days, dead_letter_days });
  const [hold, setHold] = useState(retention.legal_hold);
  const [reason, setReason] = useState('');
  const isHoldChanged = hold !== retention.legal_hold;
  const isLess = FIELDS.some((name) => (days[name] ?? Infinity) < retention.effective[name]);
  const isReady = !isHoldChanged || reason.trim() !== '';
  const save = (): void => onSave({ ...days, legal_hold: hold, ...(isHoldChanged ? { reason: reason.trim() } : {}) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isLess && isReady) save();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="md" maw={560}>
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        {FIELDS.map((name) => (
          <NumberField
            key={name}
            label={words.fields[name]}
            description={`${words.effective(count(retention.effective[name]))} · ${words.bounds(
              count(retention.bounds[name].least),
              count(retention.bounds[name].most),
            )}`}
            min={retention.bounds[name].least}
            max={retention.bounds[name].most}
            allowDecimal={false}
            readOnly={!mayChange}
            value={days[name] ?? ''}
            onChange={(entered) => setDays((now) => ({ ...now, [name]: entered === '' ? null : Number(entered) }))}
          />
        ))}
        <Checkbox
          label={words.hold}
          description={words.holdHint}
          disabled={!mayChange}
          checked={hold}
          onChange={(event) => setHold(event.currentTarget.checked)}
        />
        <Held retention={retention} />
        {isHoldChanged && (
          <TextInput
            label={text.common.reason}
            description={words.holdReason}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        {error !== null && <ProblemAlert error={error} />}
        {isSaved && (
          <Alert color="teal" variant="light" role="status">
            {wording.saved}
          </Alert>
        )}
        {mayChange && (
          <SaveButton isLess={isLess} words={words.confirm} isPending={isPending} isReady={isReady} onConfirm={save} />
        )}
      </Stack>
    </Form>
  );
}

function Held({ retention }: { readonly retention: RetentionResponse }) {
  if (!retention.effective.legal_hold) return null;
  return (
    <Alert color="yellow" variant="light" title={words.hold}>
      {!retention.legal_hold && <Text size="sm">{words.heldByOperator}</Text>}
      {retention.legal_hold_reason !== null && <Text size="sm">{words.becauseOf(retention.legal_hold_reason)}</Text>}
      {retention.legal_hold_since !== null && (
        <Group gap={6}>
          <Text size="sm">{words.since}</Text>
          <Time at={retention.legal_hold_since} size="sm" />
        </Group>
      )}
    </Alert>
  );
}
