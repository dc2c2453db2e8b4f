import { Alert, Card, List, SimpleGrid, Skeleton, Text } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChartCard } from '../../components/chart-card';
import { Listed } from '../../components/list-table';
import { Section } from '../../components/section';
import { count } from '../../lib/number';
import { useMay } from '../../lib/session';
import { duration } from '../../lib/time';
import { text } from '../../text';
import { balanceOfHoursQuery } from '../usage/usage.queries';
import { HOURS, lastDay, type DayFigures, type LastDay } from './last-day';
import { activityQuery, topDeadLettersQuery } from './overview.queries';

const words = text.overview;
const CHART_HEIGHT = 180;

/** Of the last day and the one before it. */
export const booksQuery = () => ({ ...balanceOfHoursQuery(2 * HOURS), select: lastDay });

interface Tile {
  readonly label: string;
  readonly to: string;
  /** Undefined while it is not known; null where it was refused, which "Needs attention" says. */
  readonly figure: number | null | undefined;
  readonly hint: string | undefined;
}

export function Tiles() {
  const { data, error, refetch } = useQuery(booksQuery());
  const dead = useQuery(topDeadLettersQuery());
  const ofDay = (figure: keyof DayFigures): Pick<Tile, 'figure' | 'hint'> => ({
    figure: data?.figures[figure],
    hint: data && words.before(count(data.before[figure])),
  });
  const tiles: readonly Tile[] = [
    { label: words.tiles.accepted, to: '/events', ...ofDay('accepted') },
    { label: words.tiles.delivered, to: '/deliveries?status=succeeded', ...ofDay('succeeded') },
    { label: words.tiles.waiting, to: '/deliveries?status=pending', ...ofDay('open') },
    {
      label: words.tiles.dead,
      to: '/dead-letters',
      figure: dead.data?.total.dead_letters ?? (dead.error === null ? undefined : null),
      // One that is replayed and dies again has ended dead twice, and is one dead letter.
      hint: data && words.endedDeadIn(count(data.figures.dead), count(data.before.dead)),
    },
  ];
  return (
    <Listed list={{ error, isKnown: data !== undefined, refetch: () => void refetch() }}>
      <SimpleGrid cols={{ base: 2, md: 4 }}>
        {tiles.map(({ label, figure, hint, to }) => (
          <Card key={label} component={Link} to={to} withBorder radius="md" padding="md">
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            {figure === undefined || hint === undefined ? (
              <Skeleton height={49} mt={8} />
            ) : (
              <>
                <Text fz={28} fw={650} lh={1.3}>
                  {figure === null ? '–' : count(figure)}
                </Text>
                <Text size="xs" c="dimmed">
                  {hint}
                </Text>
              </>
            )}
          </Card>
        ))}
      </SimpleGrid>
    </Listed>
  );
}

/** Nothing is drawn of a day in which nothing came. */
export function Hours() {
  const { data } = useQuery(booksQuery());
  if (data === undefined || data.figures.accepted === 0) return null;
  return (
    <Section title={words.hours.title}>
      <Chart day={data} />
    </Section>
  );
}

function Chart({ day: { figures, hours } }: { readonly day: LastDay }) {
  const { tiles } = words;
  const of = (figure: 'accepted' | 'succeeded' | 'dead'): number[] => hours.map((hour) => hour.figures[figure]);
  return (
    <ChartCard
      format={count}
      label={words.hours.chart(count(figures.accepted), count(figures.succeeded), count(figures.dead))}
      height={CHART_HEIGHT}
      step="hour"
      times={hours.map(({ at }) => at / 1_000)}
      series={[
        { name: tiles.accepted, color: 'blue', dash: [], values: of('accepted') },
        { name: tiles.delivered, color: 'teal', dash: [6, 4], values: of('succeeded') },
        { name: words.endedDead, color: 'red', dash: [2, 3], values: of('dead') },
      ]}
    />
  );
}

/** Nothing is drawn of a day in which nothing was sent. */
export function Latency() {
  const { data } = useQuery({ ...activityQuery(), enabled: useMay()('config:read') });
  const last = data?.hours.findLast(({ delivery }) => delivery !== null)?.delivery;
  if (data === undefined || last == null) return null;
  const { latency } = words;
  return (
    <Section title={latency.title}>
      <ChartCard
        label={latency.chart(duration(last.p50_ms), duration(last.p95_ms))}
        hint={latency.hint}
        height={CHART_HEIGHT}
        step="hour"
        unit="ms"
        format={duration}
        times={data.hours.map(({ hour }) => Date.parse(hour) / 1_000)}
        series={[
          {
            name: latency.half,
            color: 'blue',
            dash: [],
            values: data.hours.map((hour) => hour.delivery?.p50_ms ?? null),
          },
          {
            name: latency.most,
            color: 'violet',
            dash: [6, 4],
            values: data.hours.map((hour) => hour.delivery?.p95_ms ?? null),
          },
          {
            name: latency.call,
            color: 'orange',
            dash: [2, 3],
            values: data.hours.map((hour) => hour.call?.p95_ms ?? null),
          },
        ]}
      />
    </Section>
  );
}

export function Books() {
  const { data } = useQuery(booksQuery());
  if (data === undefined) return null;
  const { figures, isBalanced } = data;
  const { balance } = words;
  const parts = [
    [balance.succeeded, figures.succeeded],
    [balance.dead, figures.dead],
    [balance.cancelled, figures.cancelled],
    [balance.superseded, figures.superseded],
    [balance.open, figures.open],
  ] as const;
  return (
    <Section title={balance.title}>
      <Alert
        color={isBalanced ? 'teal' : 'red'}
        variant="light"
        icon={<IconScale />}
        title={isBalanced ? balance.balanced : balance.unbalanced}
      >
        <List size="sm" spacing={2}>
          <List.Item>
            {balance.events} {count(figures.accepted)} = {count(figures.routed)} {balance.routed} +{' '}
            {count(figures.unrouted)} {balance.unrouted}
          </List.Item>
          <List.Item>
            {balance.made} {count(figures.made)} = {parts.map(([name, value]) => `${count(value)} ${name}`).join(' + ')}
          </List.Item>
        </List>
      </Alert>
    </Section>
  );
}
