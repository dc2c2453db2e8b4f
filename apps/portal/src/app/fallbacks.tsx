import { Button, Container } from '@mantine/core';
import { IconMoodPuzzled } from '@tabler/icons-react';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state';
import { ProblemAlert } from '../components/problem-alert';
import { text } from '../text';

export function NotFound() {
  return (
    <EmptyState
      icon={<IconMoodPuzzled />}
      title={text.shell.notFound.title}
      action={
        <Button component="a" href="/overview">
          {text.shell.notFound.action}
        </Button>
      }
    />
  );
}

/** A page that failed says so, and can be tried again without losing the others. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Container size="sm" py="xl">
      <ProblemAlert error={error} onRetry={retry} />
    </Container>
  );
}
