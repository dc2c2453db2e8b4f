import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { createTenantAuditExport, getTenantAuditCheckpoint, listTenantAuditExports } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { Section } from '../../components/section';
import { answerOf } from '../../lib/api';
import { text } from '../../text';
import { govern } from '../../text/govern.text';
import { operator } from '../../text/operator.text';
import { EXPORTS_AT_ONCE, exportsKey, type ExportedChain } from '../audit/exported-chain';
import { ExportsTable } from '../audit/exports-table';
import { FormatSelect, type ExportFormat } from '../audit/format-select';
import { useCheck } from '../audit/use-check';
import { VerifyExport } from '../audit/verify-export';

const words = operator.tenant.exports;
const { start: startWord, columns } = govern.audit.exports;
/** The API takes no longer one. */
const MOST_REASON = 1_000;

function chainOf(tenantId: string): ExportedChain {
  const path = { id: tenantId };
  return {
    key: ['operator', 'exports', tenantId],
    exports: (cursor) => answerOf(listTenantAuditExports({ path, query: { limit: EXPORTS_AT_ONCE, cursor } })),
    checkpoint: () => answerOf(getTenantAuditCheckpoint({ path })),
  };
}

/** Of a company's audit log, whatever has become of the company: nobody is let into one that is suspended or erased. */
export function TenantExports({ tenantId }: { readonly tenantId: string }) {
  const chain = chainOf(tenantId);
  const check = useCheck(chain);
  return (
    <>
      <Section title={words.title}>
        <Text size="sm" c="dimmed">
          {words.hint}
        </Text>
        <StartForm tenantId={tenantId} chain={chain} />
        <ExportsTable chain={chain} check={check} />
      </Section>
      <VerifyExport chain={chain} check={check} />
    </>
  );
}

function StartForm({ tenantId, chain }: { readonly tenantId: string; readonly chain: ExportedChain }) {
  const [reason, setReason] = useState('');
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  const client = useQueryClient();
  const start = useMutation({
    mutationFn: () =>
      answerOf(createTenantAuditExport({ path: { id: tenantId }, body: { format, reason: reason.trim() } })),
    onSuccess: () => {
      setReason('');
      return client.invalidateQueries({ queryKey: exportsKey(chain) });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="sm" maw={620}>
        <TextInput
          label={text.common.reason}
          description={words.reasonHint}
          required
          maxLength={MOST_REASON}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <FormatSelect label={columns.format} value={format} onChange={setFormat} />
        {start.error !== null && <ProblemAlert error={start.error} />}
        <Group>
          <Button type="submit" loading={start.isPending} disabled={reason.trim() === ''}>
            {startWord}
          </Button>
        </Group>
      </Stack>
    </Form>
  );
}
