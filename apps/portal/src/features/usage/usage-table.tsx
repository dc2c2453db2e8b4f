import { type UsageResponse } from '@hub/api-client';
import { DataTable, type Column } from '../../components/data-table';
import { count } from '../../lib/number';
import { usage as wording } from '../../text/usage.text';

type Day = UsageResponse['days'][number];

const words = wording;

const figure = (id: keyof Day, title: string, isWide: boolean): Column<Day> => ({
  id,
  title,
  width: 'minmax(70px, 1fr)',
  alignEnd: true,
  wideOnly: isWide,
  cell: (day) => count(Number(day[id])),
});

const COLUMNS: readonly Column<Day>[] = [
  { id: 'day', title: words.columns.day, width: '100px', cell: ({ day }) => <time dateTime={day}>{day}</time> },
  figure('events_accepted', words.columns.accepted, false),
  figure('events_duplicate', words.columns.duplicate, true),
  figure('requests_rate_limited', words.columns.limited, true),
  figure('deliveries_succeeded', words.columns.succeeded, false),
  figure('deliveries_dead', words.columns.dead, true),
  figure('calls', words.columns.calls, true),
  figure('calls_failed', words.columns.callsFailed, true),
  figure('busiest_minute', words.columns.busiest, true),
];

/** The figures of the chart and those it leaves out, newest first. */
export function UsageTable({ usage }: { readonly usage: UsageResponse }) {
  return (
    <DataTable
      label={words.perDay}
      rows={usage.days.toReversed()}
      columns={COLUMNS}
      rowKey={({ day }) => day}
      rowHeight={38}
      height={480}
      empty={null}
    />
  );
}
