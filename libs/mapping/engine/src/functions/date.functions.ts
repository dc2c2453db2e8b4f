import {
  dateText,
  instantText,
  isoText,
  moment,
  parseMoment,
  shift,
  unitOf,
  wholeNumber,
  wholeUnits,
  zoneOf,
} from './dates';
import { helperFailure, quoted, type MappingFunction } from './function.types';

const group = 'Dates and zones';
type Moment = string | number | undefined;

const adding = (
  name: string,
  unit: 'days' | 'months' | 'years' | 'hours',
  description: string,
  examples: MappingFunction['examples'],
): MappingFunction => ({
  name,
  usage: `$${name}(value, count, zone?)`,
  signature: '<(ns)ns?:s>',
  group,
  arity: 2,
  description,
  examples,
  implementation: (value: Moment, count: unknown, zone: unknown) =>
    value === undefined ? undefined : shift(value, { [unit]: wholeNumber(count) }, zone),
});

function edgeUnit(unit: unknown): 'year' | 'quarter' | 'month' | 'week' {
  if (unit === 'year' || unit === 'quarter' || unit === 'month' || unit === 'week') return unit;
  throw helperFailure(`The unit must be one of year, quarter, month, week, not ${quoted(unit)}.`);
}

const edge = (
  name: 'startOf' | 'endOf',
  description: string,
  examples: MappingFunction['examples'],
): MappingFunction => ({
  name,
  usage: `$${name}(value, unit, zone?)`,
  signature: '<(ns)ss?:s>',
  group,
  arity: 2,
  description,
  examples,
  implementation: (value: Moment, unit: unknown, zone: unknown) =>
    value === undefined ? undefined : dateText(moment(value, zoneOf(zone))[name](edgeUnit(unit))),
});

export const DATE_FUNCTIONS: readonly MappingFunction[] = [
  {
    name: 'toInstant',
    usage: '$toInstant(value, zone?, format?)',
    signature: '<(ns)s?s?:s>',
    group,
    arity: 1,
    description:
      'The moment in UTC, as `2024-07-01T08:00:00.000Z`. Takes ISO 8601 text, text in a `format` (Luxon tokens), or epoch milliseconds. Text without an offset is wall-clock time in `zone` (default `UTC`): a time that the zone skips in spring moves forward by the length of the gap, a time that occurs twice in autumn is its first occurrence.',
    examples: [
      { expression: '$toInstant("2024-07-01T10:00:00+02:00")', result: '2024-07-01T08:00:00.000Z' },
      { expression: '$toInstant("2024-03-31T02:30", "Europe/Paris")', result: '2024-03-31T01:30:00.000Z' },
      { expression: '$toInstant("2024-10-27T02:30", "Europe/Paris")', result: '2024-10-27T00:30:00.000Z' },
      {
        expression: '$toInstant("07/04/2024 9:05 PM", "America/New_York", "MM/dd/yyyy h:mm a")',
        result: '2024-07-05T01:05:00.000Z',
      },
      { expression: '$toInstant("yesterday")', error: '"yesterday" is not a date.' },
    ],
    implementation: (value: Moment, zone: unknown, format: unknown) =>
      value === undefined ? undefined : instantText(moment(value, zoneOf(zone), format)),
  },
  {
    name: 'toDate',
    usage: '$toDate(value, zone?, format?)',
    signature: '<(ns)s?s?:s>',
    group,
    arity: 1,
    description:
      'The calendar date `yyyy-MM-dd` of a moment as the wall clock of `zone` (default `UTC`) shows it; same inputs as `$toInstant`.',
    examples: [
      { expression: '$toDate("2024-02-29T23:30:00Z", "Europe/Berlin")', result: '2024-03-01' },
      { expression: '$toDate("29.02.2024", "UTC", "dd.MM.yyyy")', result: '2024-02-29' },
      { expression: '$toDate("2023-02-29")', error: '"2023-02-29" is not a date.' },
    ],
    implementation: (value: Moment, zone: unknown, format: unknown) =>
      value === undefined ? undefined : dateText(moment(value, zoneOf(zone), format)),
  },
  {
    name: 'isDate',
    usage: '$isDate(value, format?)',
    signature: '<x-s?:b>',
    group,
    arity: 1,
    description: 'Whether the value reads as a date, in ISO 8601 or in the given format.',
    examples: [
      { expression: '$isDate("2024-02-30")', result: false },
      { expression: '$isDate("30/01/2024", "dd/MM/yyyy")', result: true },
    ],
    implementation: (value: unknown, format: unknown) => parseMoment(value, 'UTC', format) !== undefined,
  },
  {
    name: 'inZone',
    usage: '$inZone(value, zone)',
    signature: '<(ns)s:s>',
    group,
    arity: 2,
    description: 'The same moment as ISO 8601 text with the offset of `zone`. Text without an offset is taken as UTC.',
    examples: [
      { expression: '$inZone("2024-07-01T08:00:00Z", "Europe/Berlin")', result: '2024-07-01T10:00:00.000+02:00' },
    ],
    implementation: (value: Moment, zone: unknown) =>
      value === undefined ? undefined : isoText(moment(value, 'UTC').setZone(zoneOf(zone))),
  },
  {
    name: 'formatDate',
    usage: '$formatDate(value, format, zone?)',
    signature: '<(ns)ss?:s>',
    group,
    arity: 2,
    description:
      'Text in a format of Luxon tokens (`yyyy`, `MM`, `dd`, `HH`, `mm`, `LLL`, …), month and day names in English, as the wall clock of `zone` (default `UTC`).',
    examples: [
      {
        expression: '$formatDate("2024-07-01T22:30:00Z", "dd/MM/yyyy HH:mm", "Europe/Berlin")',
        result: '02/07/2024 00:30',
      },
      { expression: '$formatDate("2024-07-01", "d LLLL yyyy")', result: '1 July 2024' },
    ],
    implementation: (value: Moment, format: string, zone: unknown) =>
      value === undefined ? undefined : moment(value, zoneOf(zone)).toFormat(format, { locale: 'en-US' }),
  },
  adding('addHours', 'hours', 'Adds exact hours. Gives an instant in UTC, or a date when a bare date was given.', [
    { expression: '$addHours("2024-03-31T00:30:00Z", 1)', result: '2024-03-31T01:30:00.000Z' },
  ]),
  adding(
    'addDays',
    'days',
    'Adds calendar days; negative counts go back. A bare date stays a bare date; a moment gives an instant in UTC, and keeps its wall-clock time in `zone` (default `UTC`) over a change of the clocks.',
    [
      { expression: '$addDays("2024-02-28", 2)', result: '2024-03-01' },
      { expression: '$addDays("2024-03-30T12:00:00+01:00", 1, "Europe/Paris")', result: '2024-03-31T10:00:00.000Z' },
    ],
  ),
  adding(
    'addMonths',
    'months',
    'Adds calendar months; a day that the target month lacks becomes its last day. Otherwise as `$addDays`.',
    [
      { expression: '$addMonths("2024-01-31", 1)', result: '2024-02-29' },
      { expression: '$addMonths("2024-03-31", -1)', result: '2024-02-29' },
    ],
  ),
  adding(
    'addYears',
    'years',
    'Adds calendar years; 29 February becomes 28 February in a common year. Otherwise as `$addDays`.',
    [{ expression: '$addYears("2024-02-29", 1)', result: '2025-02-28' }],
  ),
  {
    name: 'dateDiff',
    usage: '$dateDiff(from, to, unit, zone?)',
    signature: '<(ns)(ns)ss?:n>',
    group,
    arity: 3,
    description:
      'Whole units from `from` to `to`, cut towards zero, negative when `to` is earlier. Units: years, months, weeks, days, hours, minutes, seconds. Days and longer count by the wall clock of `zone` (default `UTC`), so a day of 23 hours is one day.',
    examples: [
      { expression: '$dateDiff("2024-01-31", "2024-02-29", "days")', result: 29 },
      { expression: '$dateDiff("2000-02-29", "2024-02-28", "years")', result: 23 },
      { expression: '$dateDiff("2024-03-30T12:00", "2024-03-31T12:00", "days", "Europe/Paris")', result: 1 },
      { expression: '$dateDiff("2024-03-30T12:00", "2024-03-31T12:00", "hours", "Europe/Paris")', result: 23 },
    ],
    implementation: (from: Moment, to: Moment, unit: unknown, zoneName: unknown) => {
      if (from === undefined || to === undefined) return undefined;
      const zone = zoneOf(zoneName);
      return wholeUnits(moment(from, zone), moment(to, zone), unitOf(unit));
    },
  },
  edge(
    'startOf',
    'First date of the year, quarter, month or week (Monday) that holds the value, by the wall clock of `zone` (default `UTC`).',
    [{ expression: '$startOf("2024-05-17", "quarter")', result: '2024-04-01' }],
  ),
  edge(
    'endOf',
    'Last date of the year, quarter, month or week (Sunday) that holds the value, by the wall clock of `zone` (default `UTC`).',
    [{ expression: '$endOf("2024-02-10", "month")', result: '2024-02-29' }],
  ),
];
