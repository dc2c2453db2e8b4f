import { Box, Card, Table, Text } from '@mantine/core';
import { localTime } from '../lib/time';
import { text } from '../text';
import { LazySeriesChart } from './lazy-series-chart';
import { type SeriesChartProps } from './series-chart';

const MOST_HEIGHT = 320;

export interface ChartCardProps extends SeriesChartProps {
  readonly format: (value: number) => string;
  readonly hint?: string;
}

/** A chart by the hour, and the same as a table for whoever would rather read, or hear, the figures. */
export function ChartCard({ format, hint, ...chart }: ChartCardProps) {
  const { label, times, series } = chart;
  return (
    <Card withBorder radius="md" padding="md">
      <LazySeriesChart {...chart} />
      {hint !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {hint}
        </Text>
      )}
      <Box component="details" mt="xs">
        <Text component="summary" size="sm" style={{ cursor: 'pointer', width: 'fit-content' }}>
          {text.common.asTable}
        </Text>
        <Table.ScrollContainer
          minWidth={420}
          maxHeight={MOST_HEIGHT}
          type="native"
          tabIndex={0}
          role="group"
          aria-label={label}
          mt="xs"
        >
          <Table aria-label={label}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{text.common.hour}</Table.Th>
                {series.map(({ name }) => (
                  <Table.Th key={name} ta="end">
                    {name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {times.map((time, index) => (
                <Table.Tr key={time}>
                  <Table.Td>{localTime(new Date(time * 1_000))}</Table.Td>
                  {series.map(({ name, values }) => (
                    <Table.Td key={name} ta="end">
                      {values[index] == null ? '–' : format(values[index])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Box>
    </Card>
  );
}
