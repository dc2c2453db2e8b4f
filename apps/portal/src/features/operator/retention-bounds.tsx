import { Alert, Button, Checkbox, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { putRetentionBounds, type PutRetentionBoundsRequest, type RetentionBoundsResponse } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { KeptForm } from '../../components/kept-form';
import { Loaded } from '../../components/loaded';
import { NumberField } from '../../components/number-field';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { text } from '../../text';
import { operator } from '../../text/operator.text';
import { boundsQuery } from './operator.queries';

const words = operator.tenant;
const BOUNDS = ['most_hot_days', 'least_archive_days', 'most_archive_days', 'most_dead_letter_days'] as const;
const MOST_DAYS = 36_500;

export function RetentionBounds({ tenantId }: { readonly tenantId: string }) {
  const client = useQueryClient();
  const query = boundsQuery(tenantId);
  const save = useMutation({
    mutationFn: (body: PutRetentionBoundsRequest) => answerOf(putRetentionBounds({ path: { id: tenantId }, body })),
    onSuccess: (data) => client.setQueryData(query.queryKey, data),
  });
  return (
    <Loaded query={useQuery(query)} height={240}>
      {(bounds) => (
        <Stack gap="sm" maw={620}>
          <Text size="sm" c="dimmed">
            {words.retentionHint}
          </Text>
          <KeptForm value={bounds}>
            {(begun) => <BoundsForm bounds={begun} isPending={save.isPending} onSave={(body) => save.mutate(body)} />}
          </KeptForm>
          {save.error !== null && <ProblemAlert error={save.error} />}
          {save.isSuccess && (
            <Alert color="teal" variant="light" role="status">
              {words.saved}
            </Alert>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

interface BoundsFormProps {
  readonly bounds: RetentionBoundsResponse;
  readonly isPending: boolean;
  readonly onSave: (body: PutRetentionBoundsRequest) => void;
}

function BoundsForm({ bounds, isPending, onSave }: BoundsFormProps) {
  const [value, setValue] = useState(bounds);
  const [reason, setReason] = useState('');
  const isHoldChanged = value.legal_hold !== bounds.legal_hold;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { most_hot_days, least_archive_days, most_archive_days, most_dead_letter_days, legal_hold } = value;
    const days = { most_hot_days, least_archive_days, most_archive_days, most_dead_letter_days };
    onSave({ ...days, legal_hold, ...(isHoldChanged ? { reason: reason.trim() } : {}) });
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          {BOUNDS.map((name) => (
            <NumberField
              key={name}
              label={words.bounds[name]}
              min={1}
              max={MOST_DAYS}
              allowDecimal={false}
              value={value[name] ?? ''}
              onChange={(entered) => setValue((now) => ({ ...now, [name]: entered === '' ? null : Number(entered) }))}
            />
          ))}
        </SimpleGrid>
        <Checkbox
          label={words.hold}
          description={bounds.legal_hold_reason ?? words.holdHint}
          checked={value.legal_hold}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            setValue((now) => ({ ...now, legal_hold: checked }));
          }}
        />
        {isHoldChanged && (
          <TextInput
            label={text.common.reason}
            description={words.holdReason}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
        <Group>
          <Button type="submit" loading={isPending}>
            {text.common.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
