import { Button, Checkbox, Group, MultiSelect, Select, SimpleGrid, Stack } from '@mantine/core';
import { updateAlertRule, type AlertRule, type UpdateAlertRuleRequest } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { nameChoices } from '../../components/name-choices';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { text } from '../../text';
import { alerts as wording } from '../../text/alerts.text';
import { SEVERITIES } from './alerts.routes';
import { allChannelsQuery } from './channels.queries';
import { changesTo, type RuleValues } from './rule-changes';

const words = wording.settings;

const DEFAULTS: UpdateAlertRuleRequest = {
  enabled: null,
  threshold: null,
  least_volume: null,
  for_seconds: null,
  repeat_seconds: null,
  severity: null,
  channel_ids: null,
};

const LEAST_REPEAT_SECONDS = 300;

/** What can be set of a rule. Only what was changed is sent, so that what was not keeps following the hub's defaults. */
export function RuleForm({ rule, onDone }: { readonly rule: AlertRule; readonly onDone: () => void }) {
  const [value, setValue] = useState<RuleValues>(rule);
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: UpdateAlertRuleRequest) => answerOf(updateAlertRule({ path: { rule: rule.id }, body })),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['alert-rules'] });
      onDone();
    },
  });
  const set = (changed: Partial<RuleValues>): void => setValue((now) => ({ ...now, ...changed }));
  const changes = changesTo(rule, value);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (Object.keys(changes).length === 0) onDone();
    else save.mutate(changes);
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        {save.error !== null && <ProblemAlert error={save.error} />}
        <Checkbox
          label={words.form.enabled}
          checked={value.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Figures rule={rule} value={value} set={set} />
        <Select
          label={words.form.severity}
          data={SEVERITIES.map((severity) => ({
            value: severity,
            label: wording.severities[severity] ?? severity,
          }))}
          value={value.severity}
          allowDeselect={false}
          onChange={(chosen) => set({ severity: SEVERITIES.find((one) => one === chosen) ?? value.severity })}
        />
        <Channels value={value} set={set} />
        <Group justify="space-between" gap="xs">
          <Button
            variant="subtle"
            disabled={rule.customized.length === 0}
            loading={save.isPending}
            onClick={() => save.mutate(DEFAULTS)}
          >
            {words.form.reset}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {text.common.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}

interface PartProps {
  readonly value: RuleValues;
  readonly set: (changed: Partial<RuleValues>) => void;
}

function Figures({ rule, value, set }: PartProps & { readonly rule: AlertRule }) {
  const { form, units } = words;
  const { threshold_bounds: bounds, defaults } = rule;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      {bounds !== null && (
        <NumberField
          label={form.threshold(units[bounds.unit] ?? bounds.unit)}
          description={form.thresholdHint(count(bounds.least), count(bounds.most), count(defaults.threshold ?? 0))}
          required
          min={bounds.least}
          max={bounds.most}
          value={value.threshold ?? ''}
          onChange={(entered) => entered !== '' && set({ threshold: Number(entered) })}
        />
      )}
      {defaults.least_volume !== null && (
        <NumberField
          label={form.leastVolume}
          description={form.leastVolumeHint}
          required
          min={1}
          allowDecimal={false}
          value={value.least_volume ?? ''}
          onChange={(entered) => entered !== '' && set({ least_volume: Number(entered) })}
        />
      )}
      <NumberField
        label={form.forSeconds}
        description={form.forSecondsHint}
        required
        min={0}
        max={604_800}
        allowDecimal={false}
        value={value.for_seconds}
        onChange={(entered) => entered !== '' && set({ for_seconds: Number(entered) })}
      />
      <NumberField
        label={form.repeatSeconds}
        description={form.repeatSecondsHint}
        required
        min={value.repeat_seconds === 0 ? 0 : LEAST_REPEAT_SECONDS}
        max={2_592_000}
        allowDecimal={false}
        value={value.repeat_seconds}
        onChange={(entered) => entered !== '' && set({ repeat_seconds: Number(entered) })}
      />
    </SimpleGrid>
  );
}

function Channels({ value, set }: PartProps) {
  const { data: channels } = useQuery(allChannelsQuery());
  const { channel_ids: chosen } = value;
  const isNobody = chosen?.length === 0;
  return (
    <>
      <MultiSelect
        label={words.form.channels}
        description={words.form.channelsHint}
        placeholder={chosen === null ? words.form.channelsAll : undefined}
        {...nameChoices(channels)}
        disabled={isNobody}
        value={[...(chosen ?? [])]}
        onChange={(ids) => set({ channel_ids: ids.length === 0 ? null : ids })}
      />
      <Checkbox
        label={words.form.nobody}
        checked={isNobody}
        onChange={(event) => set({ channel_ids: event.currentTarget.checked ? [] : null })}
      />
    </>
  );
}
