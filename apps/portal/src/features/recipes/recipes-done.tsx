import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { runSync, type ApplyRecipesResponse, type Connection } from '@hub/api-client';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemAlert } from '../../components/problem-alert';
import { answerOf } from '../../lib/api';
import { recipes as wording } from '../../text/recipes.text';

const words = wording.done;

export interface RecipesDoneProps {
  readonly source: Connection;
  readonly target: Connection;
  readonly applied: ApplyRecipesResponse['data'];
  readonly isLive: boolean;
}

/** What to do next, where what was made is at work: nobody has to wait for the next scheduled look. */
export function RecipesDone({ source, target, applied, isLive }: RecipesDoneProps) {
  const syncIds = [...new Set(applied.map(({ sync_id: id }) => id))];
  const look = useMutation({
    mutationFn: () => Promise.all(syncIds.map((id) => answerOf(runSync({ path: { id }, body: { mode: 'changes' } })))),
  });
  return (
    <Alert color="teal" role="status" title={words.title(applied.length)}>
      <Stack gap="xs">
        <Text size="sm">{isLive ? words.live(source.name, target.name) : words.off}</Text>
        {look.error !== null && <ProblemAlert error={look.error} />}
        <Group gap="md">
          {isLive && (
            <Button size="compact-sm" loading={look.isPending} onClick={() => look.mutate()}>
              {words.look}
            </Button>
          )}
          <Button component={Link} to="/flow" size="compact-sm" variant="default">
            {words.flow}
          </Button>
          <Anchor component={Link} to={`/events?source=${encodeURIComponent(`sync/${source.id}`)}`} size="sm">
            {words.events(source.name)}
          </Anchor>
        </Group>
        {look.isSuccess && <Text size="sm">{words.looking}</Text>}
      </Stack>
    </Alert>
  );
}
