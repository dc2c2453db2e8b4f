import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { pageOf } from '../lib/page-of';
import { ApiProblem, type Fault } from '../lib/problem';
import { text } from '../text';
import { CopyButton } from './copy-button';

/** What happened in plain words, every fault named, and the request id that support asks for. */
export function ProblemAlert({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : null;
  const isAway = problem?.status === 0;
  const detail = detailOf(problem, error);
  // Some say nothing that the sentence above does not.
  const faults = problem?.faults.filter(({ message }) => bare(message) !== bare(detail)) ?? [];
  return (
    <Alert
      role="alert"
      color={isAway ? 'orange' : 'red'}
      variant="light"
      icon={isAway ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      title={titleOf(problem)}
    >
      <Stack gap="xs">
        {detail !== '' && <Text size="sm">{detail}</Text>}
        {faults.length > 0 && (
          <List size="sm">
            {faults.map((fault) => (
              <List.Item key={`${fault.pointer} ${fault.code} ${fault.id ?? ''}`}>
                {fault.pointer !== '' && <b>{placeOf(fault.pointer)}: </b>}
                <FaultText fault={fault} />
              </List.Item>
            ))}
          </List>
        )}
        <Group gap="xs">
          {onRetry !== undefined && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              {text.common.retry}
            </Button>
          )}
          {problem?.requestId != null && (
            <Group gap={4}>
              <Text size="xs" c="dimmed">
                {text.common.requestId} {problem.requestId}
              </Text>
              <CopyButton value={problem.requestId} />
            </Group>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

function FaultText({ fault: { id, message } }: { readonly fault: Fault }) {
  const page = id === undefined ? undefined : pageOf(id);
  if (page === undefined) return message;
  return (
    <Anchor component={Link} to={page} size="sm">
      {message}
    </Anchor>
  );
}

function titleOf(problem: ApiProblem | null): string {
  if (problem === null) return text.common.problem.generic;
  const { unreachable, byStatus, failed, generic } = text.common.problem;
  if (problem.status === 0) return unreachable;
  return byStatus[problem.status] ?? (problem.status >= 500 ? failed : generic);
}

const bare = (sentence: string): string => sentence.replace(/\.$/, '');

/** `/lines/0/unit_price` in words: "Lines 1, unit price". */
function placeOf(pointer: string): string {
  const words = pointer
    .replace(/^#\w+/, '')
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').replace(/[_-]/g, ' '))
    .reduce(
      (said, part) => (/^\d+$/.test(part) ? `${said} ${Number(part) + 1}` : said === '' ? part : `${said}, ${part}`),
      '',
    );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function detailOf(problem: ApiProblem | null, error: unknown): string {
  if (problem !== null) return problem.status === 0 ? '' : problem.message;
  return error instanceof Error ? error.message : String(error);
}
