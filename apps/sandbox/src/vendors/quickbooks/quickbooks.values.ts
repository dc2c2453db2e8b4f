import Big from 'big.js';
import { parse as parseLossless } from 'lossless-json';
import { unsupportedProperty } from './quickbooks.errors';

/** What a record holds. Numbers are decimals from the wire to the wire: amounts never pass through a float. */
export type Value = string | boolean | Big | ValueObject | readonly Value[];
export interface ValueObject {
  readonly [name: string]: Value | undefined;
}
/** A parsed request body. */
export type Json = string | boolean | null | Big | JsonObject | readonly Json[];
export interface JsonObject {
  readonly [name: string]: Json;
}

const MAX_EXPONENT = 30;
export const ZERO = new Big(0);

/** @throws Fault 2010 when the text is no JSON object */
export function parseBody(text: string): JsonObject {
  let value: Json;
  try {
    value = parseLossless(text, null, readNumber) as Json;
  } catch {
    return unsupportedProperty();
  }
  return isJsonObject(value) ? value : unsupportedProperty();
}

/** Huge exponents are refused here: printing them in full would fill the memory. */
function readNumber(text: string): Big {
  const exponent = /[eE][+]?(-?\d+)$/.exec(text)?.[1];
  if (exponent !== undefined && Math.abs(Number(exponent)) > MAX_EXPONENT) unsupportedProperty();
  return new Big(text);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !(value instanceof Big) && !Array.isArray(value);
}

export function isObject(value: Value | undefined): value is ValueObject {
  return typeof value === 'object' && !(value instanceof Big) && !Array.isArray(value);
}

export function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: Value | undefined): Big | undefined {
  return value instanceof Big ? value : undefined;
}

export function objectOf(value: Value | undefined): ValueObject | undefined {
  return isObject(value) ? value : undefined;
}

export function objectsOf(value: Value | undefined): readonly ValueObject[] {
  return Array.isArray(value) ? (value as readonly Value[]).filter(isObject) : [];
}

/** The id in a reference field such as `CustomerRef`. */
export function refId(record: ValueObject | undefined, field: string): string | undefined {
  return textOf(objectOf(record?.[field])?.value);
}

/** Prints plain data and decimals; members that are `undefined` are left out, as the vendor leaves out what is empty. */
export function printJson(value: unknown): string {
  if (value instanceof Big) return value.toFixed();
  if (Array.isArray(value)) return `[${value.map((item) => printJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members: string[] = [];
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) members.push(`${JSON.stringify(name)}:${printJson(item)}`);
    }
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
