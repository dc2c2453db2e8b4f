import { Button, Checkbox, Group, Radio, Stack, Text } from '@mantine/core';
import { applyRecipes, type Connection, type Recipe } from '@hub/api-client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Form } from '../../components/form';
import { ProblemAlert } from '../../components/problem-alert';
import { TimeField } from '../../components/time-field';
import { answerOf } from '../../lib/api';
import { useMay } from '../../lib/session';
import { recipes as wording } from '../../text/recipes.text';
import { RecipeCard } from './recipe-card';
import { RecipesDone } from './recipes-done';

const words = wording;

export interface RecipeChooserProps {
  readonly source: Connection;
  readonly target: Connection;
  readonly recipes: readonly Recipe[];
}

export function RecipeChooser({ source, target, recipes }: RecipeChooserProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [since, setSince] = useState<string | null>(null);
  const [isReview, setReview] = useState(false);
  const mayChange = useMay()('config:write');
  const client = useQueryClient();
  const apply = useMutation({
    mutationFn: () =>
      answerOf(
        applyRecipes({
          body: {
            source_connection_id: source.id,
            target_connection_id: target.id,
            recipe_ids: [...chosen],
            enabled: !isReview,
            ...(since === null ? {} : { start_from: new Date(since).toISOString() }),
          },
        }),
      ),
    onSuccess: () => {
      setChosen(new Set());
      return Promise.all(
        ['recipes', 'syncs', 'routes', 'mappings', 'flow'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    apply.mutate();
  };
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
    apply.reset();
  };
  return (
    <Form onSubmit={submit}>
      <Stack gap="md" maw={820}>
        {apply.error !== null && <ProblemAlert error={apply.error} />}
        {apply.data !== undefined && (
          <RecipesDone source={source} target={target} applied={apply.data.data} isLive={!isReview} />
        )}
        {recipes.map((recipe) => (
          <RecipeCard
            key={recipe.id}
            recipe={recipe}
            source={source}
            target={target}
            isChosen={chosen.has(recipe.id)}
            onToggle={mayChange ? () => toggle(recipe.id) : undefined}
          />
        ))}
        {mayChange && (
          <>
            <StartChoice since={since} onChange={setSince} />
            <Checkbox
              label={words.review}
              checked={isReview}
              onChange={(event) => setReview(event.currentTarget.checked)}
            />
            <Group>
              <Button type="submit" loading={apply.isPending} disabled={chosen.size === 0}>
                {words.apply(chosen.size)}
              </Button>
              {chosen.size === 0 && apply.data === undefined && (
                <Text size="sm" c="dimmed">
                  {words.nothingChosen}
                </Text>
              )}
            </Group>
          </>
        )}
      </Stack>
    </Form>
  );
}

interface StartChoiceProps {
  /** As the field has it; null: from now on. */
  readonly since: string | null;
  readonly onChange: (since: string | null) => void;
}

function StartChoice({ since, onChange }: StartChoiceProps) {
  return (
    <Stack gap="xs">
      <Radio.Group
        label={words.start}
        value={since === null ? 'now' : 'since'}
        onChange={(value) => onChange(value === 'now' ? null : '')}
      >
        <Group gap="lg" mt={6}>
          <Radio value="now" label={words.starts.now} />
          <Radio value="since" label={words.starts.since} />
        </Group>
      </Radio.Group>
      {since !== null && (
        <TimeField label={words.since} required w={{ base: '100%', xs: 260 }} value={since} onChange={onChange} />
      )}
    </Stack>
  );
}
