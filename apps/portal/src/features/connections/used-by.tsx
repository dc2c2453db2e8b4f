import { Anchor, Group, List, Text } from '@mantine/core';
import { type Route, type Sync } from '@hub/api-client';
import { Link } from '@tanstack/react-router';
import { Section } from '../../components/section';
import { StatusBadge } from '../../components/status-badge';
import { text } from '../../text';

const words = text.connections.detail.usedBy;

interface Props {
  readonly routes: readonly Pick<Route, 'id' | 'name' | 'enabled'>[];
  readonly syncs: readonly Pick<Sync, 'id' | 'name' | 'status'>[];
}

/** What keeps the connection from being deleted, as long as it is on. */
export function UsedBy({ routes, syncs }: Props) {
  const users = [
    ...routes.map(({ id, name, enabled }) => ({
      id,
      what: words.route,
      name,
      status: enabled ? 'enabled' : 'disabled',
      to: `/routes/${id}`,
    })),
    ...syncs.map(({ id, name, status }) => ({ id, what: words.sync, name, status, to: `/syncs/${id}` })),
  ];
  return (
    <Section title={words.title}>
      <Text size="sm" c="dimmed">
        {users.length === 0 ? words.none : words.hint}
      </Text>
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
