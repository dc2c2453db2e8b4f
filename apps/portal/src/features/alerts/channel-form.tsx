import { Button, Checkbox, Group, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type AlertChannel } from '@hub/api-client';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem, isMoveRefused } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { text } from '../../text';
import { alerts as wording } from '../../text/alerts.text';
import { SEVERITIES } from './alerts.routes';

const words = wording.channels;

export const CHANNEL_KINDS = ['email', 'slack', 'pagerduty', 'webhook'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** What is entered; secrets are sent and never come back. */
export interface ChannelValues {
  readonly name: string;
  readonly kind: ChannelKind;
  readonly recipients: string;
  readonly url: string;
  readonly routing_key: string;
  readonly secret: string;
  readonly least_severity: AlertChannel['least_severity'];
  readonly enabled: boolean;
}

interface ChannelFormProps {
  readonly initial: ChannelValues;
  readonly isNew: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onSubmit: (values: ChannelValues) => void;
}

export function ChannelForm({ initial, isNew, isPending, error, onSubmit }: ChannelFormProps) {
  const [value, setValue] = useState(initial);
  const set = (changed: Partial<ChannelValues>): void => setValue((now) => ({ ...now, ...changed }));
  const told = error instanceof ApiProblem ? faultsBelow(error.faults, '') : {};
  const faults = isMoveRefused(error) ? { ...told, routing_key: words.form.moved } : told;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit(value);
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={560}>
        {error !== null && <ProblemAlert error={error} />}
        {isNew && (
          <Select
            label={words.form.kind}
            data={CHANNEL_KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] ?? kind }))}
            value={value.kind}
            allowDeselect={false}
            onChange={(chosen) => set({ kind: CHANNEL_KINDS.find((kind) => kind === chosen) ?? value.kind })}
          />
        )}
        <TextInput
          label={words.form.name}
          required
          maxLength={200}
          error={faults['name']}
          value={value.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <KindFields value={value} set={set} isNew={isNew} faults={faults} />
        <Select
          label={words.form.leastSeverity}
          description={words.form.leastSeverityHint}
          data={SEVERITIES.map((severity) => ({
            value: severity,
            label: wording.severities[severity] ?? severity,
          }))}
          value={value.least_severity}
          allowDeselect={false}
          onChange={(chosen) => set({ least_severity: SEVERITIES.find((one) => one === chosen) ?? 'info' })}
        />
        <Checkbox
          label={words.form.enabled}
          checked={value.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Group>
          <Button type="submit" loading={isPending}>
            {isNew ? words.form.create : text.common.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

interface KindFieldsProps {
  readonly value: ChannelValues;
  readonly set: (changed: Partial<ChannelValues>) => void;
  readonly isNew: boolean;
  readonly faults: Readonly<Record<string, string>>;
}

function KindFields({ value, set, isNew, faults }: KindFieldsProps) {
  const { form } = words;
  const secret = (name: 'url' | 'routing_key' | 'secret', label: string, isRequired: boolean, hint?: string) => (
    <PasswordInput
      label={label}
      description={isNew ? hint : form.keep}
      required={isNew && isRequired}
      autoComplete="off"
      error={faults[name]}
      value={value[name]}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  switch (value.kind) {
    case 'email':
      return (
        <Textarea
          label={form.recipients}
          description={form.recipientsHint}
          required
          autosize
          minRows={2}
          error={faults['recipients']}
          value={value.recipients}
          onChange={(event) => set({ recipients: event.currentTarget.value })}
        />
      );
    case 'slack':
      return secret('url', form.slackUrl, true);
    case 'pagerduty':
      return (
        <>
          {secret('routing_key', form.routingKey, true)}
          {secret('url', form.pagerdutyUrl, false, form.pagerdutyUrlHint)}
        </>
      );
    case 'webhook':
      return (
        <>
          {secret('url', form.webhookUrl, true)}
          {secret('secret', form.secret, false, form.secretHint)}
        </>
      );
  }
}

/** As the API takes it: only what belongs to the kind, and of secrets only what was entered. */
export function bodyOf(value: ChannelValues) {
  const { name, kind, least_severity, enabled } = value;
  const entered = (field: 'url' | 'routing_key' | 'secret'): Record<string, string> =>
    value[field].trim() === '' ? {} : { [field]: value[field].trim() };
  const recipients = value.recipients.split(/[\s,;]+/).filter((address) => address !== '');
  return {
    name: name.trim(),
    least_severity,
    enabled,
    ...(kind === 'email' ? { recipients } : entered('url')),
    ...(kind === 'pagerduty' ? entered('routing_key') : {}),
    ...(kind === 'webhook' ? entered('secret') : {}),
  };
}
