import { Button, Group, Stack, Text } from '@mantine/core';
import { createAuditExport } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { SetFilters } from '../../components/set-filters';
import { answerOf } from '../../lib/api';
import { govern } from '../../text/govern.text';
import { FormatSelect, type ExportFormat } from './format-select';
import { exportsKey, OWN_CHAIN } from './exported-chain';
import { ExportsTable } from './exports-table';
import { useCheck } from './use-check';
import { VerifyExport } from './verify-export';

const route = getRouteApi('/shell/audit/exports');
const words = govern.audit.exports;
const { q, action, outcome, from, to } = govern.audit.filters;

export function AuditExportsPage() {
  const [format, setFormat] = useState<ExportFormat>('jsonl');
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const isFiltered = Object.keys(filters).length > 0;
  const client = useQueryClient();
  const check = useCheck(OWN_CHAIN);
  const start = useMutation({
    mutationFn: () => answerOf(createAuditExport({ body: isFiltered ? { format, filter: filters } : { format } })),
    onSuccess: () => client.invalidateQueries({ queryKey: exportsKey(OWN_CHAIN) }),
  });
  return (
    <Page
      title={words.title}
      description={words.description}
      actions={
        <Group gap="xs" align="flex-end">
          <FormatSelect aria-label={words.columns.format} value={format} onChange={setFormat} />
          <Button loading={start.isPending} onClick={() => start.mutate()}>
            {words.start}
          </Button>
        </Group>
      }
    >
      {start.error !== null && <ProblemAlert error={start.error} />}
      {isFiltered && (
        <Stack gap="xs">
          <Text size="sm">{words.filtered}</Text>
          <SetFilters
            values={filters}
            names={{ q, action, outcome, from, to }}
            onRemove={(name) => void navigate({ search: (now) => ({ ...now, [name]: undefined }), replace: true })}
          />
        </Stack>
      )}
      {/* Above the list, whose length is not known at first. */}
      <VerifyExport chain={OWN_CHAIN} check={check} />
      <ExportsTable chain={OWN_CHAIN} check={check} />
    </Page>
  );
}
