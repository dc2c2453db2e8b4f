import { ActionIcon, Alert, Anchor, Button, Group, Select, Skeleton, Stack, Tooltip } from '@mantine/core';
import { type Connection } from '@hub/api-client';
import { IconArrowsLeftRight, IconPlug, IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state';
import { nameChoices } from '../../components/name-choices';
import { Page } from '../../components/page';
import { ProblemAlert } from '../../components/problem-alert';
import { recipes as wording } from '../../text/recipes.text';
import { connectorsQuery } from '../connections/connections.queries';
import { useConnections } from '../connections/use-connections';
import { RecipeChooser } from './recipe-chooser';
import { recipesQuery } from './recipes.queries';

const route = getRouteApi('/shell/recipes');
const words = wording;

export function RecipesPage() {
  const { all, error, refetch } = useConnections();
  return (
    <Page title={words.title} description={words.description}>
      {error !== null && all === undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : all === undefined ? (
        <Skeleton height={240} />
      ) : all.length < 2 ? (
        <EmptyState
          icon={<IconPlug />}
          title={words.fewConnections.title(all.length)}
          hint={words.fewConnections.hint}
          action={
            <Button component={Link} to="/connect">
              {words.fewConnections.action}
            </Button>
          }
        />
      ) : (
        <Ends connections={all} />
      )}
    </Page>
  );
}

/** The address says which two; with nothing said, the first two of different systems that can give and take records. */
function Ends({ connections }: { readonly connections: readonly Connection[] }) {
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const { data: connectors } = useQuery(connectorsQuery());
  if (connectors === undefined) return <Skeleton height={300} />;
  const oldestFirst = connections.toReversed();
  const connectorOf = ({ connector }: Connection) => connectors.data.find(({ id }) => id === connector);
  const givers = oldestFirst.filter((one) => (connectorOf(one)?.pull.length ?? 0) > 0);
  const takers = oldestFirst.filter((one) => (connectorOf(one)?.mapping_templates.length ?? 0) > 0);
  const source =
    connections.find(({ id }) => id === asked.source) ??
    [...givers, ...oldestFirst].find(({ id }) => id !== asked.target);
  const target =
    connections.find(({ id }) => id === asked.target) ??
    takers.find(({ connector }) => connector !== source?.connector) ??
    oldestFirst.find(({ id }) => id !== source?.id);
  if (source === undefined || target === undefined) return null;
  const go = (ends: { source: string; target: string }): void =>
    void navigate({ search: ends, replace: true, resetScroll: false });
  const choices = nameChoices(oldestFirst);
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="xs">
        <Select
          label={words.from}
          allowDeselect={false}
          w={{ base: '100%', xs: 280 }}
          {...choices}
          value={source.id}
          onChange={(id) => id !== null && go({ source: id, target: id === target.id ? source.id : target.id })}
        />
        <Tooltip label={words.swap}>
          <ActionIcon
            variant="default"
            size={36}
            aria-label={words.swap}
            onClick={() => go({ source: target.id, target: source.id })}
          >
            <IconArrowsLeftRight size={18} />
          </ActionIcon>
        </Tooltip>
        <Select
          label={words.to}
          allowDeselect={false}
          w={{ base: '100%', xs: 280 }}
          {...choices}
          value={target.id}
          onChange={(id) => id !== null && go({ source: id === source.id ? target.id : source.id, target: id })}
        />
      </Group>
      {[source, target].map((connection) => (
        <NotSignedIn key={connection.id} connection={connection} />
      ))}
      <Recipes key={`${source.id} ${target.id}`} source={source} target={target} />
    </Stack>
  );
}

function NotSignedIn({ connection }: { readonly connection: Connection }) {
  if (connection.status !== 'needs_reauth') return null;
  return (
    <Alert color="yellow" variant="light">
      {words.waiting(connection.name)}{' '}
      <Anchor component={Link} to={`/connections/${connection.id}`} size="sm">
        {words.signIn(connection.name)}
      </Anchor>
    </Alert>
  );
}

function Recipes({ source, target }: { readonly source: Connection; readonly target: Connection }) {
  const { data, error, refetch } = useQuery(recipesQuery(source.id, target.id));
  if (error !== null && data === undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={300} />;
  if (data.data.length > 0) return <RecipeChooser source={source} target={target} recipes={data.data} />;
  return (
    <EmptyState
      icon={<IconWand />}
      title={words.none.title}
      hint={words.none.hint}
      action={
        <Button component={Link} to={`/routes/new?connection_id=${target.id}`} variant="default">
          {words.none.action}
        </Button>
      }
    />
  );
}
