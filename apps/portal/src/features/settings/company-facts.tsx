import { Group, Stack, Text } from '@mantine/core';
import { getMe } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { Id } from '../../components/copy-button';
import { Facts } from '../../components/facts';
import { Loaded } from '../../components/loaded';
import { answerOf } from '../../lib/api';
import { count } from '../../lib/number';
import { useSession } from '../../lib/session';
import { govern } from '../../text/govern.text';
import { settings as wording } from '../../text/settings.text';

const words = wording.company;

export function CompanyFacts() {
  const { role } = useSession();
  const query = useQuery({ queryKey: ['me'], queryFn: () => answerOf(getMe({})) });
  return (
    <Loaded query={query} height={180}>
      {({ tenant, limits, scopes }) => (
        <Stack gap="sm">
          <Facts
            facts={[
              { name: words.name, value: tenant.name },
              { name: words.slug, value: tenant.slug },
              { name: words.id, value: <Id value={tenant.id} /> },
              { name: words.tier, value: tenant.tier },
              { name: words.limit, value: count(limits.events_per_minute) },
              { name: words.role, value: role === null ? null : govern.members.roles[role] },
              { name: words.scopes, value: <Group gap={6}>{scopes.join(', ')}</Group> },
            ]}
          />
          <Text size="sm" c="dimmed">
            {words.hint}
          </Text>
        </Stack>
      )}
    </Loaded>
  );
}
