import { Button, Stack, Text, TextInput } from '@mantine/core';
import { type Tenant } from '@hub/api-client';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Dialog } from '../../components/dialog';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { callAuth } from '../../lib/api';
import { tellOtherTabs } from '../../lib/other-tabs';
import { text } from '../../text';
import { operator } from '../../text/operator.text';

const words = operator.tenant;

/** Into a company, for a reason that it reads in its own audit log. */
export function EnterButton({ tenant }: { readonly tenant: Tenant }) {
  const [isOpen, modal] = useDisclosure(false);
  const [reason, setReason] = useState('');
  const enter = useMutation({
    mutationFn: () => callAuth('POST', '/operator/enter', { tenant_id: tenant.id, reason: reason.trim() }),
    // Nothing that was fetched as somebody else is shown there.
    onSuccess: () => {
      tellOtherTabs();
      window.location.assign('/overview');
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <>
      <Button size="sm" onClick={modal.open}>
        {words.enter}
      </Button>
      <Dialog opened={isOpen} onClose={modal.close} title={words.enterTitle(tenant.name)}>
        <Form onSubmit={submit}>
          <Stack gap="sm">
            <Text size="sm">{words.enterBody}</Text>
            <TextInput
              label={text.common.reason}
              description={words.enterReason}
              required
              maxLength={500}
              data-autofocus
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            {enter.error !== null && <ProblemAlert error={enter.error} />}
            <Button type="submit" loading={enter.isPending} disabled={reason.trim() === ''}>
              {words.enter}
            </Button>
          </Stack>
        </Form>
      </Dialog>
    </>
  );
}
