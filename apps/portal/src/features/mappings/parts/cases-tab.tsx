import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core';
import { deleteGoldenCase, type GoldenCase, type MappingVersionResponse } from '@hub/api-client';
import { IconCheck, IconListCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmButton } from '../../../components/confirm-button';
import { EmptyState } from '../../../components/empty-state';
import { Loaded } from '../../../components/loaded';
import { ProblemAlert } from '../../../components/problem-alert';
import { answerOf } from '../../../lib/api';
import { useMay } from '../../../lib/session';
import { mappings as wording } from '../../../text/mappings.text';
import { sampleOfCase, type Sample } from '../editor/sample';
import { type GoldenResult } from '../model/golden-result';
import { CaseDialog } from './case-dialog';
import { Differences } from './differences';
import classes from './parts.module.css';
import { useGoldenRuns, type GoldenRun } from './use-golden-run';

const words = wording.golden;

export interface CasesTabProps {
  readonly mappingId: string;
  readonly version: MappingVersionResponse;
  readonly onOpen: (sample: Sample) => void;
}

/** What every version must make of some samples, and whether the one that is open does. */
export function CasesTab({ mappingId, version, onOpen }: CasesTabProps) {
  const mayWrite = useMay()('config:write');
  const [edited, setEdited] = useState<GoldenCase | 'new' | null>(null);
  const { runs, holds, cases } = useGoldenRuns(mappingId, version);
  const add = mayWrite && (
    <Button size="sm" variant="default" onClick={() => setEdited('new')}>
      {words.add}
    </Button>
  );
  return (
    <Stack gap="sm">
      <Loaded query={cases} height={180}>
        {() => (
          <>
            <Group justify="space-between" align="flex-start">
              <div>
                <Text size="sm" c="dimmed">
                  {words.description}
                </Text>
                {runs.length > 0 && (
                  <Text size="sm" fw={600} aria-live="polite">
                    {words.runOn(wording.editor.saved(version.version))}: {words.summary(holds, runs.length)}
                  </Text>
                )}
              </div>
              {runs.length > 0 && add}
            </Group>
            {runs.length === 0 ? (
              <EmptyState icon={<IconListCheck />} title={words.empty.title} hint={words.empty.hint} action={add} />
            ) : (
              <ul className={`${classes.list} ${classes.frame}`}>
                {runs.map((run) => (
                  <Case
                    key={run.golden.id}
                    mappingId={mappingId}
                    run={run}
                    onOpen={() => onOpen(sampleOfCase(run.golden))}
                    onEdit={mayWrite ? () => setEdited(run.golden) : undefined}
                  />
                ))}
              </ul>
            )}
          </>
        )}
      </Loaded>
      {edited !== null && (
        <CaseDialog
          mappingId={mappingId}
          golden={edited === 'new' ? null : edited}
          start={null}
          onClose={() => setEdited(null)}
        />
      )}
    </Stack>
  );
}

interface CaseProps {
  readonly mappingId: string;
  readonly run: GoldenRun;
  readonly onOpen: () => void;
  readonly onEdit: (() => void) | undefined;
}

function Case({ mappingId, run, onOpen, onEdit }: CaseProps) {
  const { golden, result, error } = run;
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => answerOf(deleteGoldenCase({ path: { id: mappingId, case_id: golden.id } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['mapping', mappingId, 'golden-cases'] }),
  });
  return (
    <li className={classes.item}>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Title order={2} size="h5" style={{ overflowWrap: 'anywhere' }}>
              {golden.name}
            </Title>
            <ResultBadge result={result} />
          </Group>
          <Group gap="xs">
            <Button size="compact-sm" variant="default" onClick={onOpen}>
              {words.open}
            </Button>
            {onEdit !== undefined && (
              <>
                <Button size="compact-sm" variant="default" onClick={onEdit}>
                  {words.edit}
                </Button>
                <ConfirmButton
                  label={words.delete}
                  title={words.confirmDelete.title(golden.name)}
                  body={words.confirmDelete.body}
                  isPending={remove.isPending}
                  onConfirm={() => remove.mutate()}
                />
              </>
            )}
          </Group>
        </Group>
        {result?.holds === false && 'differences' in result && <Differences differences={result.differences} />}
        {result?.holds === false && 'cameOutAs' in result && (
          <Text size="sm">
            {words.cameOut[result.cameOutAs]} {result.message}
          </Text>
        )}
        {(error ?? remove.error) !== null && <ProblemAlert error={error ?? remove.error} />}
      </Stack>
    </li>
  );
}

function ResultBadge({ result }: { readonly result: GoldenResult | undefined }) {
  const [color, label, Icon] =
    result === undefined
      ? (['gray', words.states.running, null] as const)
      : result.holds
        ? (['teal', words.states.pass, IconCheck] as const)
        : (['red', words.states.fail, IconX] as const);
  return (
    <Badge
      color={color}
      variant="light"
      radius="sm"
      tt="none"
      leftSection={Icon === null ? undefined : <Icon size={12} />}
    >
      {label}
    </Badge>
  );
}
