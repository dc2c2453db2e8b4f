import { Alert, Button, Checkbox, Group, PasswordInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type SaveSsoRequest, type SsoResponse } from '@hub/api-client';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { ApiProblem } from '../../lib/problem';
import { faultsBelow } from '../../lib/schema-fields';
import { ROLES } from '../../lib/session';
import { text } from '../../text';
import { govern } from '../../text/govern.text';
import { settings as wording } from '../../text/settings.text';

const words = wording.sso;
type SsoRole = SaveSsoRequest['default_role'];
/** Nobody becomes an owner by signing in. */
const SSO_ROLES = ROLES.filter((role): role is SsoRole => role !== 'owner');

interface SsoFormProps {
  readonly sso: SsoResponse;
  readonly isPending: boolean;
  readonly isSaved: boolean;
  readonly error: Error | null;
  readonly onSave: (body: SaveSsoRequest) => void;
}

export function SsoForm({ sso, isPending, isSaved, error, onSave }: SsoFormProps) {
  const [issuer, setIssuer] = useState(sso.issuer ?? '');
  const [clientId, setClientId] = useState(sso.client_id ?? '');
  const [secret, setSecret] = useState('');
  const [domains, setDomains] = useState(sso.email_domains.join('\n'));
  const [role, setRole] = useState<SsoRole>(sso.default_role ?? 'viewer');
  const [required, setRequired] = useState(sso.required);
  const faults = error instanceof ApiProblem ? faultsBelow(error.faults, '') : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSave({
      issuer: issuer.trim(),
      client_id: clientId.trim(),
      ...(secret === '' ? {} : { client_secret: secret }),
      email_domains: domains.split(/[\s,;]+/).filter((domain) => domain !== ''),
      default_role: role,
      required,
    });
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm">
        {error !== null && <ProblemAlert error={error} />}
        <TextInput
          label={words.issuer}
          description={words.issuerHint}
          type="url"
          required
          error={faults['issuer']}
          value={issuer}
          onChange={(event) => setIssuer(event.currentTarget.value)}
        />
        <TextInput
          label={words.clientId}
          required
          error={faults['client_id']}
          value={clientId}
          onChange={(event) => setClientId(event.currentTarget.value)}
        />
        <PasswordInput
          label={words.clientSecret}
          description={sso.configured ? words.clientSecretKeep : undefined}
          required={!sso.configured}
          autoComplete="off"
          error={faults['client_secret']}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
        />
        <Textarea
          label={words.domains}
          description={words.domainsHint}
          required
          autosize
          minRows={2}
          error={faults['email_domains']}
          value={domains}
          onChange={(event) => setDomains(event.currentTarget.value)}
        />
        <Select
          label={words.role}
          data={SSO_ROLES.map((value) => ({ value, label: govern.members.roles[value] ?? value }))}
          value={role}
          allowDeselect={false}
          onChange={(chosen) => setRole(SSO_ROLES.find((value) => value === chosen) ?? role)}
        />
        <Checkbox
          label={words.required}
          checked={required}
          onChange={(event) => setRequired(event.currentTarget.checked)}
        />
        {isSaved && (
          <Alert color="teal" variant="light" role="status">
            {wording.saved}
          </Alert>
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
