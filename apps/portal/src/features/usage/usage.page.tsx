import { Button, Group, Progress, Select, Stack, Tabs, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type UsageResponse } from '@hub/api-client';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Facts } from '../../components/facts';
import { LazySeriesChart } from '../../components/lazy-series-chart';
import { Loaded } from '../../components/loaded';
import { Page } from '../../components/page';
import { Section } from '../../components/section';
import { count, percent } from '../../lib/number';
import { usage as wording } from '../../text/usage.text';
import { Balance } from './balance';
import { limitsQuery, usageOfDaysQuery } from './usage.queries';
import { DAYS, USAGE_TABS, type UsageView } from './usage.routes';
import { UsageTable } from './usage-table';

const route = getRouteApi('/shell/usage');
const words = wording;
const CHART_HEIGHT = 300;

export function UsagePage() {
  const { tab = 'usage' } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (wanted: string | null): void =>
    void navigate({ search: { tab: USAGE_TABS.find((name) => name === wanted) }, replace: true });
  return (
    <Page title={words.title} description={words.description}>
      <Tabs value={tab} onChange={change} keepMounted={false}>
        <Tabs.List mb="md">
          {USAGE_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {words.tabs[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="usage">
          <Stack gap="lg">
            <Limits />
            <Days />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="balance">
          <Balance />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Limits() {
  const { limits } = words;
  const days = useQuery(usageOfDaysQuery(7));
  const today = days.data?.days.at(-1);
  // Beside each other, or one below the other.
  const isNarrow = useMediaQuery('(max-width: 36em)', undefined, { getInitialValueInEffect: false });
  return (
    <Section title={limits.title}>
      <Loaded query={useQuery(limitsQuery())} height={isNarrow ? 350 : 124}>
        {({ tenant, limits: { events_per_minute: sustained, burst }, api }) => (
          <Facts
            facts={[
              { name: limits.tier, value: tenant.tier },
              { name: limits.sustained, value: count(sustained) },
              { name: limits.burst, value: count(burst) },
              {
                name: limits.busiest,
                value: (
                  <Meter
                    label={limits.busiest}
                    share={(today?.limit_used_percent ?? 0) / 100}
                    words={limits.busiestOf(
                      count(today?.busiest_minute ?? 0),
                      percent((today?.limit_used_percent ?? 0) / 100),
                    )}
                  />
                ),
              },
              { name: limits.refused, value: count(today?.requests_rate_limited ?? 0) },
              {
                name: limits.api,
                value: api !== null && (
                  <Meter
                    label={limits.api}
                    share={api.left / api.most}
                    words={limits.apiOf(count(api.left), count(api.most))}
                  />
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

interface MeterProps {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly words: string;
}

function Meter({ label, share, words: told }: MeterProps) {
  return (
    <Stack gap={4}>
      <Text size="sm">{told}</Text>
      <Progress value={Math.min(1, share) * 100} aria-label={label} />
    </Stack>
  );
}

function Days() {
  const { days = 30, as } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(usageOfDaysQuery(days));
  const change = (wanted: UsageView): void =>
    void navigate({ search: (now) => ({ ...now, ...wanted }), replace: true });
  return (
    <Section
      title={words.perDay}
      actions={
        <Group gap="xs">
          <Select
            aria-label={words.days}
            size="sm"
            w={150}
            data={DAYS.map((value) => ({ value: String(value), label: words.dayChoices[value] ?? String(value) }))}
            value={String(days)}
            allowDeselect={false}
            onChange={(chosen) => change({ days: DAYS.find((value) => String(value) === chosen) })}
          />
          <Button size="sm" variant="default" onClick={() => change({ as: as === 'table' ? undefined : 'table' })}>
            {as === 'table' ? words.asChart : words.asTable}
          </Button>
        </Group>
      }
    >
      <Text size="sm" c="dimmed">
        {words.zone}
      </Text>
      <Loaded query={query} height={CHART_HEIGHT + 40}>
        {(usage) => (as === 'table' ? <UsageTable usage={usage} /> : <Chart usage={usage} />)}
      </Loaded>
    </Section>
  );
}

function Chart({ usage: { days, totals } }: { readonly usage: UsageResponse }) {
  const { columns } = words;
  return (
    <LazySeriesChart
      label={words.chart(
        days.length,
        count(totals.events_accepted),
        count(totals.deliveries_succeeded),
        count(totals.deliveries_dead),
      )}
      height={CHART_HEIGHT}
      step="day"
      times={days.map(({ day }) => Date.parse(day) / 1_000)}
      series={[
        { name: columns.accepted, color: 'blue', dash: [], values: days.map((day) => day.events_accepted) },
        { name: columns.succeeded, color: 'teal', dash: [6, 4], values: days.map((day) => day.deliveries_succeeded) },
        { name: columns.dead, color: 'red', dash: [2, 3], values: days.map((day) => day.deliveries_dead) },
      ]}
    />
  );
}
