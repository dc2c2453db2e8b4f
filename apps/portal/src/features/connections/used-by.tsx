import { Anchor, Group, List, Text } from '@mantine/core';
import { type Route, type Sync } from '@hub/api-client';
import { Link } from '@tanstack/react-router';
import { Listed } from '../../components/list-table';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { type ListState } from '../../lib/pages';
import { text } from '../../text';

const words = text.connections.detail.usedBy;

interface Props {
  readonly routes: ListState<Route>;
  readonly syncs: ListState<Sync>;
}

/** What keeps the connection from being deleted, as long as it is on. */
export function UsedBy({ routes, syncs }: Props) {
  const both = {
    error: routes.error ?? syncs.error,
    isKnown: routes.isKnown && syncs.isKnown,
    refetch: () => [routes, syncs].forEach(({ error, refetch }) => error !== null && refetch()),
  };
  const users = [
    ...routes.rows.map(({ id, name, enabled }) => ({
      id,
      what: words.route,
      name,
      status: enabled ? 'enabled' : 'disabled',
      to: `/routes/${id}`,
    })),
    ...syncs.rows.map(({ id, name, status }) => ({ id, what: words.sync, name, status, to: `/syncs/${id}` })),
  ];
  return (
    <Section title={words.title}>
      <Listed list={both}>
        <Text size="sm" c="dimmed">
          {users.length > 0 ? words.hint : both.isKnown ? words.none : text.common.loading}
        </Text>
      </Listed>
      {users.length > 0 && (
        <List size="sm" listStyleType="none">
          {users.map(({ id, what, name, status, to }) => (
            <List.Item key={id}>
              <Group gap="xs">
                {what}
                <Anchor component={Link} to={to} size="sm">
                  {name}
                </Anchor>
                <StatusBadge status={status} />
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Section>
  );
}
