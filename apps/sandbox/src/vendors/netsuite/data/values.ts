/** A pointer at another record. The name it shows is looked up when it is printed. */
export interface Ref {
  readonly type: string;
  readonly id: string;
}

export type Scalar = string | number | boolean | null | Ref;
/** Fields of a subrecord or of a line. */
export interface Fields {
  readonly [name: string]: FieldValue | undefined;
}
/** Dates are `YYYY-MM-DD`, moments are milliseconds since the epoch, enums are the option's id. */
export type FieldValue = Scalar | readonly Ref[] | readonly Fields[] | Fields;

export function isRef(value: FieldValue | undefined): value is Ref {
  return typeof value === 'object' && value !== null && 'id' in value && 'type' in value && !Array.isArray(value);
}

export function refOf(values: Fields, name: string): Ref | undefined {
  const value = values[name];
  return isRef(value) ? value : undefined;
}

export function textOf(values: Fields, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(values: Fields, name: string): number | undefined {
  const value = values[name];
  return typeof value === 'number' ? value : undefined;
}

export function linesOf(values: Fields, name: string): readonly Fields[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}

export function refsOf(values: Fields, name: string): readonly Ref[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly Ref[]) : [];
}

/**
 * Rounds half away from zero, as money is, on the number's shortest decimal writing: 1.005 is no binary number, and
 * a multiplication would lose the half.
 */
export function roundTo(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  const [mantissa = '0', exponent = '0'] = String(Math.abs(value)).split('e');
  const scaled = Math.round(Number(`${mantissa}e${Number(exponent) + digits}`));
  const [rounded = '0', shift = '0'] = String(scaled).split('e');
  return Math.sign(value) * Number(`${rounded}e${Number(shift) - digits}`);
}
