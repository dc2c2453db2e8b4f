import { Alert, Group, Stack, Text, TextInput } from '@mantine/core';
import {
  eraseAuditPersonalFields,
  getAuditSettings,
  updateAuditSettings,
  type AuditSettingsResponse,
} from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Form } from '../../components/form';
import { Loaded } from '../../components/loaded';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { settings as wording } from '../../text/settings.text';
import { SaveButton } from './save-button';

const words = wording.audit;
const KEY = ['audit-settings'];

export function AuditSettings() {
  const may = useMay();
  const query = useQuery({ queryKey: KEY, queryFn: () => answerOf(getAuditSettings({})) });
  return (
    <Stack gap="lg" maw={560}>
      <Section title={words.keep}>
        <Loaded query={query} height={120}>
          {(settings) => <Keep key={settings.retention_days} settings={settings} mayChange={may('members:write')} />}
        </Loaded>
      </Section>
      {may('members:write') && <Erase />}
    </Stack>
  );
}

interface KeepProps {
  readonly settings: AuditSettingsResponse;
  readonly mayChange: boolean;
}

function Keep({ settings, mayChange }: KeepProps) {
  const [days, setDays] = useState(settings.retention_days);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => answerOf(updateAuditSettings({ body: { retention_days: days } })),
    onSuccess: (data) => client.setQueryData(KEY, data),
  });
  const isLess = days < settings.retention_days;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isLess) save.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        <NumberField
          label={words.days}
          description={words.bounds(count(settings.min_retention_days), count(settings.max_retention_days))}
          required={mayChange}
          min={settings.min_retention_days}
          max={settings.max_retention_days}
          allowDecimal={false}
          readOnly={!mayChange}
          value={days}
          onChange={(entered) => entered !== '' && setDays(Number(entered))}
        />
        {save.error !== null && <ProblemAlert error={save.error} />}
        {mayChange && (
          <SaveButton
            isLess={isLess}
            words={words.confirm}
            isPending={save.isPending}
            isReady={days !== settings.retention_days}
            onConfirm={() => save.mutate()}
          />
        )}
      </Stack>
    </Form>
  );
}

function Erase() {
  const [subject, setSubject] = useState('');
  const erase = useMutation({
    mutationFn: (reason: string) => answerOf(eraseAuditPersonalFields({ body: { subject: subject.trim(), reason } })),
  });
  return (
    <Section title={words.erase}>
      <Text size="sm" c="dimmed">
        {words.eraseHint}
      </Text>
      <TextInput
        label={words.subject}
        description={words.subjectHint}
        value={subject}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      {erase.error !== null && <ProblemAlert error={erase.error} />}
      {erase.isSuccess && (
        <Alert color="teal" variant="light" role="status">
          {words.erased}
        </Alert>
      )}
      {subject.trim() !== '' && (
        <Group>
          <ConfirmButton
            label={words.erase}
            title={words.confirmErase.title}
            body={`${subject.trim()}. ${words.confirmErase.body}`}
            isPending={erase.isPending}
            needsReason
            onConfirm={(reason) => erase.mutate(reason)}
          />
        </Group>
      )}
    </Section>
  );
}
