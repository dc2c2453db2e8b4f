import { Alert, Button, Code, Group, Stack, Table, Text } from '@mantine/core';
import { getSso, removeSso, saveSso, verifySsoDomains, type SaveSsoRequest, type SsoResponse } from '@hub/api-client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ConfirmButton } from '../../components/confirm-button';
import { CopyButton } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { KeptForm } from '../../components/kept-form';
import { Loaded } from '../../components/loaded';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { WideTable } from '../../components/wide-table';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { settings as wording } from '../../text/settings.text';
import { SsoForm } from './sso-form';

const words = wording.sso;
const KEY = ['sso'];

export function SingleSignOn() {
  const may = useMay();
  const client = useQueryClient();
  const query = useQuery({ queryKey: KEY, queryFn: () => answerOf(getSso({})) });
  const changed = (): Promise<void> => client.invalidateQueries({ queryKey: KEY });
  const save = useMutation({
    mutationFn: (body: SaveSsoRequest) => answerOf(saveSso({ body })),
    onSuccess: changed,
  });
  const remove = useMutation({ mutationFn: () => answerOf(removeSso({})), onSuccess: changed });
  const mayChange = may('tenant:own');
  return (
    <Loaded query={query} height={360}>
      {(sso) => (
        <Stack gap="lg" maw={720}>
          <Text size="sm" c="dimmed">
            {words.hint} {!mayChange && words.readOnly}
          </Text>
          <Addresses sso={sso} />
          {sso.domains.length > 0 && <Domains sso={sso} mayVerify={mayChange} />}
          {mayChange && (
            <KeptForm value={sso}>
              {(begun) => (
                <SsoForm
                  sso={begun}
                  isPending={save.isPending}
                  isSaved={save.isSuccess}
                  error={save.error}
                  onSave={(body) => save.mutate(body)}
                />
              )}
            </KeptForm>
          )}
          {mayChange && sso.configured && (
            <Group>
              <ConfirmButton
                label={words.remove}
                title={words.confirmRemove.title}
                body={words.confirmRemove.body}
                isPending={remove.isPending}
                onConfirm={() => remove.mutate()}
              />
            </Group>
          )}
          {remove.error !== null && <ProblemAlert error={remove.error} />}
        </Stack>
      )}
    </Loaded>
  );
}

function Addresses({ sso }: { readonly sso: SsoResponse }) {
  const address = (value: string | null) =>
    value !== null && (
      <Group gap={4} wrap="nowrap">
        <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
        <CopyButton value={value} />
      </Group>
    );
  return (
    <>
      {!sso.configured && <Alert variant="light">{words.off}</Alert>}
      <Facts
        facts={[
          { name: words.redirect, value: address(sso.redirect_uri) || null },
          { name: words.signInUrl, value: address(sso.sign_in_url) || null },
          { name: words.issuer, value: sso.issuer },
          { name: words.clientId, value: sso.client_id },
        ]}
      />
    </>
  );
}

function Domains({ sso, mayVerify }: { readonly sso: SsoResponse; readonly mayVerify: boolean }) {
  const client = useQueryClient();
  const verify = useMutation({
    mutationFn: () => answerOf(verifySsoDomains({})),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
  return (
    <Section
      title={words.verification}
      actions={
        mayVerify && (
          <Button size="sm" variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
            {words.verify}
          </Button>
        )
      }
    >
      {verify.error !== null && <ProblemAlert error={verify.error} />}
      <WideTable label={words.verification} minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.columns.domain}</Table.Th>
            <Table.Th>{words.columns.state}</Table.Th>
            <Table.Th>{words.columns.record}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sso.domains.map(({ domain, verified, record }) => (
            <Table.Tr key={domain}>
              <Table.Td>{domain}</Table.Td>
              <Table.Td>
                <StatusBadge status={verified ? 'verified' : 'unverified'} />
              </Table.Td>
              <Table.Td>
                {!verified && (
                  <Group gap={4} wrap="nowrap">
                    <Code style={{ overflowWrap: 'anywhere' }}>
                      {record.name} {record.type} {record.value}
                    </Code>
                    <CopyButton value={record.value} />
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Section>
  );
}
