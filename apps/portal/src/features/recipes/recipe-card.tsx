import { Anchor, Badge, Card, Checkbox, Group, List, Stack, Text } from '@mantine/core';
import { type Connection, type Recipe } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { recipes as wording } from '../../text/recipes.text';
import { connectorQuery } from '../connections/connections.queries';
import { span } from '../syncs/schedule';
import { syncsOfQuery } from './recipes.queries';

const words = wording;

export interface RecipeCardProps {
  readonly recipe: Recipe;
  readonly source: Connection;
  readonly target: Connection;
  readonly isChosen: boolean;
  /** Undefined for whoever may only look. */
  readonly onToggle?: () => void;
}

export function RecipeCard({ recipe, source, target, isChosen, onToggle }: RecipeCardProps) {
  const { applied } = recipe;
  const isWhole =
    applied !== null && applied.sync_id !== null && applied.mapping_id !== null && applied.route_id !== null;
  return (
    <Card withBorder radius="md" padding="md">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm">
          {onToggle === undefined || isWhole ? (
            <div>
              <Text fw={600}>{recipe.title}</Text>
              <Text size="sm" c="dimmed">
                {recipe.description}
              </Text>
            </div>
          ) : (
            <Checkbox
              label={<Text fw={600}>{recipe.title}</Text>}
              description={<span style={{ fontSize: 'var(--mantine-font-size-sm)' }}>{recipe.description}</span>}
              checked={isChosen}
              onChange={onToggle}
            />
          )}
          {applied !== null && <AppliedBadge isWhole={isWhole} isEnabled={applied.route_enabled === true} />}
        </Group>
        {applied !== null && <AppliedLinks applied={applied} />}
        {!isWhole && isChosen && <Makes recipe={recipe} source={source} target={target} />}
      </Stack>
    </Card>
  );
}

function AppliedBadge({ isWhole, isEnabled }: { readonly isWhole: boolean; readonly isEnabled: boolean }) {
  const [label, color] = !isWhole
    ? [words.incomplete, 'yellow']
    : isEnabled
      ? [words.inPlace, 'teal']
      : [words.inPlaceOff, 'gray'];
  return (
    <Badge color={color} variant="light" radius="sm" tt="none" style={{ flexShrink: 0 }}>
      {label}
    </Badge>
  );
}

function AppliedLinks({ applied }: { readonly applied: NonNullable<Recipe['applied']> }) {
  const parts = [
    { label: words.links.sync, href: applied.sync_id && `/syncs/${applied.sync_id}` },
    { label: words.links.mapping, href: applied.mapping_id && `/mappings/${applied.mapping_id}` },
    { label: words.links.route, href: applied.route_id && `/routes/${applied.route_id}` },
  ];
  return (
    <Group gap="md" role="group" aria-label={words.made}>
      {parts.map(
        ({ label, href }) =>
          href !== null && (
            <Anchor key={label} component={Link} to={href} size="sm">
              {label}
            </Anchor>
          ),
      )}
    </Group>
  );
}

/** Exactly what will be there afterwards, before anybody says yes. */
function Makes({ recipe, source, target }: Pick<RecipeCardProps, 'recipe' | 'source' | 'target'>) {
  const { data: sourceConnector } = useQuery(connectorQuery(source.connector));
  const { data: targetConnector } = useQuery(connectorQuery(target.connector));
  const { data: syncs } = useQuery(syncsOfQuery(source.id));
  const object = sourceConnector?.pull.find(({ name }) => name === recipe.object);
  const template = targetConnector?.mapping_templates.find(({ id }) => id === recipe.template_id);
  const known = syncs?.data.find((sync) => sync.object === recipe.object);
  const { parts } = words;
  return (
    <div>
      <Text size="sm" fw={500}>
        {words.makes}
      </Text>
      <List size="sm" spacing={2}>
        <List.Item>
          {known === undefined
            ? parts.sync(
                `${source.name}: ${object?.title ?? recipe.object}`,
                span(object?.default_interval_seconds ?? 0),
              )
            : parts.knownSync(known.name)}
        </List.Item>
        <List.Item>{parts.mapping(template?.title ?? recipe.template_id)}</List.Item>
        <List.Item>{parts.route(recipe.event_type, target.name, recipe.operation)}</List.Item>
      </List>
    </div>
  );
}
