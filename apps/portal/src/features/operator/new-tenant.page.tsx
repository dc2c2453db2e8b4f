import { Button, Select, Stack, TextInput } from '@mantine/core';
import { createTenant } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { NumberField } from '../../components/number-field';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SecretOnce } from '../../components/secret-once';
import { answerOf } from '../../lib/api';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { operator } from '../../text/operator.text';
import { tiersQuery } from './operator.queries';
import { OperatorsOnly } from './operators-only';

const words = operator.create;

export function NewTenantPage() {
  return (
    <OperatorsOnly>
      <Page title={operator.tenants.create}>
        <CreateForm />
      </Page>
    </OperatorsOnly>
  );
}

function CreateForm() {
  const tiers = useQuery(tiersQuery());
  const [name, setName] = useState('');
  const [slug, setSlug] = useState('');
  const [tier, setTier] = useState<string | null>(null);
  const [limit, setLimit] = useState<number | null>(null);
  const [environment, setEnvironment] = useState<'live' | 'test'>('live');
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (chosen: string) =>
      answerOf(
        createTenant({
          body: { name: name.trim(), slug, tier: chosen, rate_limit_per_minute: limit, key_environment: environment },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['operator', 'tenants'] }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (tier !== null) create.mutate(tier);
  };
  if (create.data !== undefined)
    return (
      <>
        <SecretOnce title={create.data.name} hint={words.shown} value={create.data.api_key} />
        <div>
          <Button component={Link} to={`/operator/tenants/${create.data.id}`}>
            {words.open}
          </Button>
        </div>
      </>
    );
  const faults = create.error instanceof ApiProblem ? faultsBelow(create.error.faults, '') : {};
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={520}>
        {create.error !== null && <ProblemAlert error={create.error} />}
        {tiers.error !== null && <ProblemAlert error={tiers.error} onRetry={() => void tiers.refetch()} />}
        <TextInput
          label={words.name}
          required
          error={faults['name']}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={words.slug}
          description={words.slugHint}
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          error={faults['slug']}
          value={slug}
          onChange={(event) => setSlug(event.currentTarget.value)}
        />
        <Select
          label={words.tier}
          required
          data={tiers.data?.data.map((one) => one.name) ?? []}
          error={faults['tier']}
          value={tier}
          onChange={setTier}
        />
        <NumberField
          label={words.limit}
          description={words.limitHint}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          error={faults['rate_limit_per_minute']}
          value={limit ?? ''}
          onChange={(entered) => setLimit(entered === '' ? null : Number(entered))}
        />
        <Select
          label={words.environment}
          data={['live', 'test']}
          value={environment}
          allowDeselect={false}
          onChange={(value) => setEnvironment(value === 'test' ? 'test' : 'live')}
        />
        <Button type="submit" loading={create.isPending} disabled={tier === null}>
          {words.submit}
        </Button>
      </Stack>
    </Form>
  );
}
