import { Alert, Button, Group, Select, Stack } from '@mantine/core';
import { updateTenant, type Tenant, type UpdateTenantRequest } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ConfirmButton } from '../../components/confirm-button';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { Form } from '../../components/form';
import { KeptForm } from '../../components/kept-form';
import { LoadedPage } from '../../components/loaded';
import { NumberField } from '../../components/number-field';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { text } from '../../text';
import { operator } from '../../text/operator.text';
import { EnterButton } from './enter-button';
import { tenantQuery, tiersQuery } from './operator.queries';
import { OperatorsOnly } from './operators-only';
import { RetentionBounds } from './retention-bounds';
import { TenantExports } from './tenant-exports';

const route = getRouteApi('/shell/operator/tenants/$tenantId');
const words = operator.tenant;

export function TenantPage() {
  return (
    <OperatorsOnly>
      <OneTenant />
    </OperatorsOnly>
  );
}

function OneTenant() {
  const { tenantId } = route.useParams();
  const query = useQuery(tenantQuery(tenantId));
  // What is saved says so beside its own form.
  const [change, setting] = [useChange(tenantId), useChange(tenantId)];
  return (
    <LoadedPage title={words.one} query={query} height={300}>
      {(tenant) => (
        <Page
          title={tenant.name}
          beside={<StatusBadge status={tenant.erased_at === null ? tenant.status : 'erased'} />}
          description={<Id value={tenant.id} />}
          actions={tenant.erased_at === null ? <Actions tenant={tenant} change={change} /> : undefined}
        >
          {(change.error ?? setting.error) !== null && <ProblemAlert error={change.error ?? setting.error} />}
          <Known tenant={tenant} />
          {tenant.erased_at === null ? (
            <>
              <Section title={words.settings}>
                <KeptForm value={tenant}>{(begun) => <Tier tenant={begun} change={setting} />}</KeptForm>
              </Section>
              <Section title={words.retention}>
                <RetentionBounds tenantId={tenant.id} />
              </Section>
            </>
          ) : (
            <Alert color="gray" variant="light" title={words.erased.title}>
              {words.erased.body}
            </Alert>
          )}
          <TenantExports tenantId={tenant.id} />
        </Page>
      )}
    </LoadedPage>
  );
}

type Change = UseMutationResult<Tenant, Error, UpdateTenantRequest>;

function useChange(tenantId: string): Change {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: UpdateTenantRequest) => answerOf(updateTenant({ path: { id: tenantId }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['operator', 'tenants'] }),
  });
}

interface PartProps {
  readonly tenant: Tenant;
  readonly change: Change;
}

function Actions({ tenant, change }: PartProps) {
  const isActive = tenant.status === 'active';
  const confirm = isActive ? words.confirmSuspend : words.confirmResume;
  return (
    <>
      {isActive && <EnterButton tenant={tenant} />}
      <ConfirmButton
        label={isActive ? words.suspend : words.resume}
        title={confirm.title(tenant.name)}
        body={confirm.body}
        color={isActive ? 'red' : undefined}
        isPending={change.isPending}
        onConfirm={() => change.mutate({ status: isActive ? 'suspended' : 'active' })}
      />
    </>
  );
}

function Known({ tenant }: { readonly tenant: Tenant }) {
  const { facts } = words;
  const tiers = useQuery(tiersQuery());
  const tier = tiers.data?.data.find(({ name }) => name === tenant.tier);
  const own = tenant.rate_limit_per_minute;
  return (
    <Facts
      facts={[
        { name: facts.slug, value: tenant.slug },
        { name: facts.tier, value: tenant.tier },
        {
          name: facts.limit,
          value:
            own !== null
              ? count(own)
              : tier === undefined
                ? text.common.loading
                : words.tierLimit(count(tier.rate_limit_per_minute)),
        },
        { name: facts.created, value: <Time at={tenant.created_at} size="sm" /> },
        { name: facts.changed, value: <Time at={tenant.updated_at} size="sm" /> },
        ...(tenant.erased_at === null ? [] : [{ name: facts.erased, value: <Time at={tenant.erased_at} size="sm" /> }]),
      ]}
    />
  );
}

function Tier({ tenant, change }: PartProps) {
  const tiers = useQuery(tiersQuery());
  const [tier, setTier] = useState(tenant.tier);
  const [limit, setLimit] = useState(tenant.rate_limit_per_minute);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ tier, rate_limit_per_minute: limit });
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        <Select
          label={operator.create.tier}
          data={tiers.data?.data.map(({ name }) => name) ?? [tenant.tier]}
          value={tier}
          allowDeselect={false}
          onChange={(chosen) => chosen !== null && setTier(chosen)}
        />
        <NumberField
          label={operator.create.limit}
          description={operator.create.limitHint}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={limit ?? ''}
          onChange={(entered) => setLimit(entered === '' ? null : Number(entered))}
        />
        {change.isSuccess && (
          <Alert color="teal" variant="light" role="status">
            {words.saved}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={change.isPending}>
            {text.common.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
