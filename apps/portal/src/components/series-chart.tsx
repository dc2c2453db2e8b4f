import { Box, Group, Text, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot, { type Options, type Scale } from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { shortCount } from '../lib/number';
import { duration } from '../lib/time';

export interface Series {
  readonly name: string;
  /** Of the theme: `blue`, `teal`, … */
  readonly color: string;
  /** Lengths of dashes and gaps: lines are told apart by more than their colour. Empty: a line without gaps. */
  readonly dash: readonly number[];
  /** Null where there is nothing to tell. */
  readonly values: readonly (number | null)[];
}

export interface SeriesChartProps {
  /** What the chart says, for who does not see it. */
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  /** Hours are shown in the reader's zone; days are those of UTC. */
  readonly step: 'hour' | 'day';
  readonly series: readonly Series[];
  readonly height: number;
  /** `ms` is drawn by its logarithm: answers within 20 ms and retries after an hour are in one picture. Default: counts. */
  readonly unit?: 'count' | 'ms';
}

/** Figures over time. Load it lazily: nothing but pages with charts needs the library. */
export function SeriesChart({ label, times, step, series, height, unit = 'count' }: SeriesChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const { current } = frame;
    if (current === null) return;
    const data: UPlot.AlignedData = [[...times], ...series.map(({ values }) => [...values])];
    const chart = new UPlot(optionsOf(current, { step, series, height, unit, scheme }), data, current);
    const watch = new ResizeObserver(() => chart.setSize({ width: current.clientWidth, height }));
    watch.observe(current);
    return () => {
      watch.disconnect();
      chart.destroy();
    };
  }, [times, step, series, height, unit, scheme]);
  return (
    <Box>
      <Group gap="lg" mb="xs" aria-hidden>
        {series.map(({ name, color, dash }) => (
          <Group key={name} gap={6} wrap="nowrap">
            <svg width={28} height={8}>
              <line
                x1={0}
                x2={28}
                y1={4}
                y2={4}
                stroke={`var(--mantine-color-${color}-${shadeOf(scheme)})`}
                strokeWidth={2}
                strokeDasharray={dash.join(' ')}
              />
            </svg>
            <Text size="sm">{name}</Text>
          </Group>
        ))}
      </Group>
      <div ref={frame} role="img" aria-label={label} style={{ height, overflow: 'hidden' }} />
    </Box>
  );
}

const shadeOf = (scheme: 'light' | 'dark'): number => (scheme === 'light' ? 7 : 4);

const TIMES = {
  hour: new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }),
  day: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' }),
};

const SCALES: Readonly<Record<'count' | 'ms', Scale>> = {
  count: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.08)] },
  // Whole powers of ten, so that there are always two of them to read from.
  ms: {
    distr: 3,
    range: (_chart, least, most) => [
      10 ** Math.floor(Math.log10(Math.max(1, least))),
      10 ** (Math.floor(Math.log10(Math.max(1, most))) + 1),
    ],
  },
};

const TICKS = {
  count: (tick: number): string => (Number.isInteger(tick) ? shortCount(tick) : ''),
  ms: duration,
};

/** 1, 2 and 5 of each power of ten, or, where these are many, the powers alone. */
function steps(least: number, most: number): number[] {
  const powers = Array.from(
    { length: Math.round(Math.log10(most / least)) + 1 },
    (_none, index) => least * 10 ** index,
  );
  const all = powers.length > 3 ? powers : powers.flatMap((power) => [power, 2 * power, 5 * power]);
  return all.filter((tick) => tick <= most);
}

interface Drawn extends Pick<SeriesChartProps, 'step' | 'series' | 'height'>, Required<Pick<SeriesChartProps, 'unit'>> {
  readonly scheme: 'light' | 'dark';
}

function optionsOf(frame: HTMLElement, { step, series, height, unit, scheme }: Drawn): Options {
  const colors = getComputedStyle(frame);
  const color = (name: string): string => colors.getPropertyValue(`--mantine-color-${name}`);
  const axis = {
    stroke: color('dimmed'),
    grid: { stroke: color('default-border'), width: 1 },
    ticks: { stroke: color('default-border'), width: 1 },
  };
  return {
    width: frame.clientWidth,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    ...(step === 'day' ? { tzDate: (seconds: number) => UPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC') } : {}),
    scales: { y: SCALES[unit] },
    axes: [
      { ...axis, values: (_chart, ticks) => ticks.map((tick) => TIMES[step].format(tick * 1_000)) },
      {
        ...axis,
        size: unit === 'ms' ? 68 : 56,
        ...(unit === 'ms'
          ? { splits: (_chart, _axis, least, most) => steps(least, most), filter: (_chart, ticks) => ticks }
          : {}),
        values: (_chart, ticks: (number | null)[]) => ticks.map((tick) => (tick === null ? '' : TICKS[unit](tick))),
      },
    ],
    series: [
      {},
      ...series.map((line) => ({
        label: line.name,
        stroke: color(`${line.color}-${shadeOf(scheme)}`),
        width: 2,
        dash: [...line.dash],
        points: { show: true, size: 5 },
      })),
    ],
  };
}
