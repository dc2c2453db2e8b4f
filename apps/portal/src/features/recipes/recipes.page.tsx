import { ActionIcon, Alert, Anchor, Button, Group, Select, Stack, Tooltip } from '@mantine/core';
import { type Connection, type Connector } from '@hub/api-client';
import { IconArrowsLeftRight, IconPlug, IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state';
import { Loaded } from '../../components/loaded';
import { nameChoices } from '../../components/name-choices';
import { Page } from '../../components/page';
import { recipes as wording } from '../../text/recipes.text';
import { connectorsQuery } from '../connections/connections.queries';
import { useConnections } from '../connections/use-connections';
import { RecipeChooser } from './recipe-chooser';
import { recipesQuery } from './recipes.queries';

const route = getRouteApi('/shell/recipes');
const words = wording;

export function RecipesPage() {
  const { all: data, error, refetch } = useConnections();
  return (
    <Page title={words.title} description={words.description}>
      <Loaded query={{ data, error, refetch }} height={240}>
        {(all) =>
          all.length < 2 ? (
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
          )
        }
      </Loaded>
    </Page>
  );
}

function Ends({ connections }: { readonly connections: readonly Connection[] }) {
  return (
    <Loaded query={useQuery(connectorsQuery())} height={300}>
      {({ data }) => <Chosen connections={connections} connectors={data} />}
    </Loaded>
  );
}

interface ChosenProps {
  readonly connections: readonly Connection[];
  readonly connectors: readonly Connector[];
}

/** The address says which two; with nothing said, the first two of different systems that can give and take records. */
function Chosen({ connections, connectors }: ChosenProps) {
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const oldestFirst = connections.toReversed();
  const connectorOf = ({ connector }: Connection) => connectors.find(({ id }) => id === connector);
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
  return (
    <Loaded query={useQuery(recipesQuery(source.id, target.id))} height={300}>
      {({ data }) =>
        data.length > 0 ? (
          <RecipeChooser source={source} target={target} recipes={data} />
        ) : (
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
        )
      }
    </Loaded>
  );
}
