import { Alert, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { type BalanceHour } from '@hub/api-client';
import { IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { DataTable, type Column } from '../../components/data-table';
import { Dialog } from '../../components/dialog';
import { EmptyState } from '../../components/empty-state';
import { Loaded } from '../../components/loaded';
import { StatusBadge } from '../../components/status-badge';
import { Time } from '../../components/time';
import { count } from '../../lib/number';
import { localTime } from '../../lib/time';
import { usage as wording } from '../../text/usage.text';
import { BalanceOfHour } from './balance-of-hour';
import { balanceOfHoursQuery } from './usage.queries';
import { HOURS, type UsageView } from './usage.routes';

const route = getRouteApi('/shell/usage');
const words = wording.balance;

const figure = (id: string, title: string, valueOf: (hour: BalanceHour) => number, isWide: boolean) => ({
  id,
  title,
  width: 'minmax(64px, 1fr)',
  alignEnd: true,
  wideOnly: isWide,
  cell: (hour: BalanceHour) => count(valueOf(hour)),
});

const COLUMNS: readonly Column<BalanceHour>[] = [
  { id: 'hour', title: words.columns.hour, width: '174px', cell: ({ hour }) => <Time at={hour} size="sm" /> },
  {
    id: 'state',
    title: words.columns.state,
    width: '110px',
    cell: ({ balanced }) => <StatusBadge status={balanced ? 'balanced' : 'unbalanced'} />,
  },
  figure('accepted', words.columns.accepted, ({ events }) => events.accepted, true),
  figure('routed', words.columns.routed, ({ events }) => events.routed, true),
  figure('unrouted', words.columns.unrouted, ({ events }) => events.unrouted, true),
  figure('made', words.columns.made, ({ deliveries }) => deliveries.made, true),
  figure('succeeded', words.columns.succeeded, ({ deliveries }) => deliveries.succeeded, true),
  figure('dead', words.columns.dead, ({ deliveries }) => deliveries.dead, true),
  figure('open', words.columns.open, ({ deliveries }) => deliveries.open, true),
];

/** Hour by hour: is everything that came in accounted for? */
export function Balance() {
  const { hours = 24, wrong, hour } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(balanceOfHoursQuery(hours));
  const change = (wanted: UsageView): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  return (
    <Stack gap="md">
      <Group gap="md" align="flex-end">
        <Select
          label={words.hours}
          w={170}
          data={HOURS.map((value) => ({ value: String(value), label: words.hourChoices[value] ?? String(value) }))}
          value={String(hours)}
          allowDeselect={false}
          onChange={(chosen) => change({ hours: HOURS.find((value) => String(value) === chosen) })}
        />
        <Checkbox
          label={words.onlyWrong}
          pb={8}
          checked={wrong === 'only'}
          onChange={(event) => change({ wrong: event.currentTarget.checked ? 'only' : undefined })}
        />
      </Group>
      <Loaded query={query} height={420}>
        {(balance) => {
          const unbalanced = balance.hours.filter(({ balanced }) => !balanced);
          const shown = balance.hours.find((one) => one.hour === hour);
          return (
            <>
              <Alert
                color={balance.balanced ? 'teal' : 'red'}
                variant="light"
                icon={<IconScale />}
                title={balance.balanced ? words.balanced : words.unbalanced(unbalanced.length)}
              >
                <Text size="sm">{balance.balanced ? words.explain : words.unbalancedHint}</Text>
              </Alert>
              <DataTable
                label={wording.tabs.balance}
                rows={(wrong === 'only' ? unbalanced : balance.hours).toReversed()}
                columns={COLUMNS}
                rowKey={(row) => row.hour}
                onOpen={(row) => change({ hour: row.hour })}
                rowHeight={40}
                height={460}
                empty={<EmptyState icon={<IconScale />} title={words.empty.title} hint={words.empty.hint} />}
              />
              <Dialog
                opened={shown !== undefined}
                onClose={() => change({ hour: undefined })}
                title={shown === undefined ? '' : localTime(shown.hour)}
                size="lg"
              >
                {shown !== undefined && <BalanceOfHour hour={shown} />}
              </Dialog>
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}
