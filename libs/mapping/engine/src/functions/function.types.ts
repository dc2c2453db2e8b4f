import { type Json } from '@hub/platform';
import { type LinkQuestion } from '../mapping-engine.types';
import { CodedFailure } from '../expression/coded-failure';

/** One documented call; every example runs in a test, so the documentation cannot lie. */
export interface MappingFunctionExample {
  readonly expression: string;
  readonly input?: Json;
  readonly bindings?: { readonly [name: string]: Json };
  /** Links that there are. Left out: none can be asked for. */
  readonly links?: readonly (LinkQuestion & { readonly found: string })[];
  /** What the expression yields. Left out together with `error`: it yields nothing (`undefined`). */
  readonly result?: Json;
  /** The message the run ends with. */
  readonly error?: string;
}

export type MappingFunctionGroup =
  | 'Decimals and money'
  | 'Dates and zones'
  | 'Codes and contacts'
  | 'Defaults and tables'
  | 'Text'
  | 'Keys'
  | 'Links between records';

/** A helper function as the portal's editor and the documentation show it. */
export interface MappingFunctionDoc {
  /** Without the leading `$`. */
  readonly name: string;
  /** How it is called, for completion lists: `$div(a, b, scale, mode?)`. */
  readonly usage: string;
  /** JSONata signature; a wrong argument fails with the argument's number. */
  readonly signature: string;
  readonly group: MappingFunctionGroup;
  readonly description: string;
  readonly examples: readonly MappingFunctionExample[];
}

/** What JSONata passes as `this`. */
export interface FunctionFocus {
  readonly environment: { lookup(name: string): unknown };
}

export interface MappingFunction extends MappingFunctionDoc {
  /**
   * How many arguments `$map` and its kin pass. Without it JSONata counts the parameters, and `$map(prices, $decimal)`
   * would hand the element's index over as the scale.
   */
  readonly arity: number;
  readonly implementation: (this: FunctionFocus, ...args: never[]) => unknown;
}

/** What a helper throws when it cannot do its work: the message is for the tenant. */
export function helperFailure(message: string): CodedFailure {
  return new CodedFailure('HUB_HELPER', message);
}

/** A short quotation of a value for an error message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
