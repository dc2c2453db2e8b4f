import { mappings as wording } from '../../../text/mappings.text';

export type Constant = string | number | boolean | null;

export interface TransformArgument {
  readonly label: string;
  readonly kind: 'text' | 'number' | 'any';
  readonly initial: Constant;
  readonly isOptional?: boolean;
}

/** A function that a field can go through without anybody writing JSONata. */
export interface Transform {
  /** Without the leading `$`. */
  readonly name: string;
  readonly label: string;
  /** Arguments before and after the value. */
  readonly before: readonly TransformArgument[];
  readonly after: readonly TransformArgument[];
}

const { labels, args } = wording.visual.transforms;
const argument = (label: string, kind: TransformArgument['kind'], initial: Constant): TransformArgument => ({
  label,
  kind,
  initial,
});
const optional = (label: string, kind: TransformArgument['kind'], initial: Constant): TransformArgument => ({
  ...argument(label, kind, initial),
  isOptional: true,
});
const of = (
  name: keyof typeof labels,
  after: readonly TransformArgument[] = [],
  before: readonly TransformArgument[] = [],
): Transform => ({ name, label: labels[name], before, after });

const zone = optional(args.zone, 'text', 'UTC');
const link = [[argument(args.system, 'text', 'quickbooks')], [argument(args.record, 'text', 'customer')]] as const;

/** In the order in which they are offered. */
export const TRANSFORMS: readonly Transform[] = [
  of('trim'),
  of('uppercase'),
  of('lowercase'),
  of('truncate', [argument(args.length, 'number', 100)]),
  of('string'),
  of('number'),
  of('boolean'),
  of('default', [argument(args.fallback, 'any', '')]),
  of('ifAbsent', [argument(args.fallback, 'any', '')]),
  of('required', [argument(args.field, 'text', '')]),
  of('lookupTable', [optional(args.fallback, 'any', '')], [argument(args.table, 'text', '')]),
  of('decimal'),
  of('parseDecimal', [optional(args.separator, 'text', ',')]),
  of('roundHalfUp', [argument(args.decimals, 'number', 2)]),
  of('money', [argument(args.currency, 'text', 'USD')]),
  of('minorUnits', [argument(args.currency, 'text', 'USD')]),
  of('fromMinorUnits', [argument(args.currency, 'text', 'USD')]),
  of('currency', [optional(args.fallback, 'text', 'USD')]),
  of('toDate', [zone, optional(args.format, 'text', 'dd.MM.yyyy')]),
  of('toInstant', [zone, optional(args.format, 'text', 'dd.MM.yyyy HH:mm')]),
  of('formatDate', [argument(args.format, 'text', 'yyyy-MM-dd'), zone]),
  of('addDays', [argument(args.days, 'number', 30)]),
  of('countryCode', [optional(args.fallback, 'text', 'US')]),
  of('countryName'),
  of('phone', [optional(args.country, 'text', 'US')]),
  of('email'),
  of('digitsOnly'),
  of('stripDiacritics'),
  of('slug'),
  of('padLeft', [argument(args.width, 'number', 10), optional(args.filler, 'text', '0')]),
  of('link', ...link),
  of('linkRequired', ...link),
];

const BY_NAME = new Map(TRANSFORMS.map((transform) => [transform.name, transform]));

export function transformOf(name: string): Transform | undefined {
  return BY_NAME.get(name);
}
