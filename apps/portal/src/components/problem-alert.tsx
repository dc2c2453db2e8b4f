import { Alert, Anchor, Button, Code, Group, List, Stack, Text } from '@mantine/core';
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
  return (
    <Alert
      role="alert"
      color={isAway ? 'orange' : 'red'}
      variant="light"
      icon={isAway ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      title={titleOf(problem)}
    >
      <Stack gap="xs">
        {detailOf(problem, error) !== '' && <Text size="sm">{detailOf(problem, error)}</Text>}
        {problem !== null && problem.faults.length > 0 && (
          <List size="sm">
            {problem.faults.map((fault) => (
              <List.Item key={`${fault.pointer} ${fault.code} ${fault.id ?? ''}`}>
                {fault.pointer !== '' && <Code>{fault.pointer}</Code>} <FaultText fault={fault} />
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
  if (problem.status === 0) return text.common.problem.unreachable;
  if (problem.status === 403) return text.common.problem.forbidden;
  if (problem.status === 404) return text.common.problem.notFound;
  return problem.title === '' ? text.common.problem.generic : problem.title;
}

function detailOf(problem: ApiProblem | null, error: unknown): string {
  if (problem !== null) return problem.status === 0 ? '' : problem.message;
  return error instanceof Error ? error.message : String(error);
}
