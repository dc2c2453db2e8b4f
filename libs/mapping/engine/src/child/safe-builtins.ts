import jsonata from 'jsonata';
import { CodedFailure } from '../expression/coded-failure';
import { checkBounds } from '../expression/expression-bounds';
import { helperFailure, type FunctionFocus, type MappingFunction } from '../functions/function.types';

/** How JSONata keeps a function; one definition serves every compiled expression. */
export interface FunctionDefinition {
  readonly _jsonata_function: true;
  readonly implementation: (this: unknown, ...args: unknown[]) => unknown;
  readonly signature?: unknown;
  arity?: number;
}

interface SequenceFocus extends FunctionFocus {
  createSequence(): unknown[];
}

function isFunctionValue(value: unknown): boolean {
  if (typeof value === 'function') return true;
  const flags = value as { _jsonata_function?: unknown; _jsonata_lambda?: unknown } | null;
  return typeof value === 'object' && (flags?._jsonata_function === true || flags?._jsonata_lambda === true);
}

/** JSONata parses a signature at registration, which costs too much to do for every compiled expression: once is enough. */
async function define(registrations: readonly Registration[]): Promise<Map<string, FunctionDefinition>> {
  const collected = new Map<string, FunctionDefinition>();
  const probe = jsonata('$hubCollect()');
  for (const { name, implementation, signature } of registrations)
    probe.registerFunction(name, implementation as never, signature);
  probe.registerFunction('hubCollect', function (this: FunctionFocus) {
    for (const { name } of registrations) collected.set(name, this.environment.lookup(name) as FunctionDefinition);
  });
  await probe.evaluate(undefined);
  return collected;
}

interface Registration {
  readonly name: string;
  readonly implementation: (this: never, ...args: never[]) => unknown;
  readonly signature: string;
}

async function builtins(names: readonly string[]): Promise<(name: string) => FunctionDefinition['implementation']> {
  const found = new Map<string, FunctionDefinition>();
  const probe = jsonata('$hubCollect()');
  probe.registerFunction('hubCollect', function (this: FunctionFocus) {
    for (const name of names) found.set(name, this.environment.lookup(name) as FunctionDefinition);
  });
  await probe.evaluate(undefined);
  return (name) => {
    const definition = found.get(name);
    if (!definition) throw new Error(`JSONata has no function ${name}: its built-in functions changed`);
    return definition.implementation;
  };
}

/**
 * JSONata's own `$spread` takes apart a function that stands in a list: `$spread([$f]).environment` hands out the frames
 * and native functions of the interpreter. Here a function stays whole.
 */
function spread(this: SequenceFocus, value: unknown): unknown {
  if (Array.isArray(value))
    return value.reduce<unknown[]>((all, item) => pushAll(all, spread.call(this, item)), this.createSequence());
  if (typeof value !== 'object' || value === null || isFunctionValue(value)) return value;
  return pushAll(
    this.createSequence(),
    Object.entries(value).map(([key, member]) =>
      Object.assign(Object.create(null) as object, { [key]: member as unknown }),
    ),
  );
}

function pushAll(target: unknown[], items: unknown): unknown[] {
  if (Array.isArray(items)) for (const item of items) target.push(item);
  else if (items !== undefined) target.push(items);
  return target;
}

async function replacements(maxTextLength: number, maxExpressionBytes: number): Promise<Registration[]> {
  const original = await builtins(['pad', 'eval']);
  const pad = original('pad');
  const evaluate = original('eval');
  return [
    { name: 'spread', signature: '<x-:a<o>>', implementation: spread },
    {
      name: 'pad',
      signature: '<s-ns?:s>',
      // A width of 500 million aborts the whole process before any guardrail is asked.
      implementation: function (this: unknown, text: unknown, width: unknown, filler: unknown) {
        if (Math.abs(Number(width)) > maxTextLength)
          throw new CodedFailure('HUB_MEMORY', `$pad was asked for more than ${maxTextLength} characters.`);
        return pad.call(this, text, width, filler);
      },
    },
    {
      name: 'eval',
      signature: '<sx?:x>',
      // A text built at run time must meet the bounds that the expression met.
      implementation: function (this: unknown, text: unknown, focus: unknown) {
        const bounds = typeof text === 'string' ? checkBounds(text, maxExpressionBytes) : undefined;
        if (bounds && !bounds.ok) throw helperFailure(bounds.error.message);
        return evaluate.call(this, text, focus);
      },
    },
  ];
}

/** Helpers and hardened built-ins, ready to be assigned to any compiled expression. */
export async function defineFunctions(
  helpers: readonly MappingFunction[],
  limits: { readonly maxTextLength: number; readonly maxExpressionBytes: number },
): Promise<Map<string, FunctionDefinition>> {
  const hardened = await replacements(limits.maxTextLength, limits.maxExpressionBytes);
  const defined = await define([...helpers, ...hardened]);
  for (const { name, arity } of helpers) {
    const definition = defined.get(name);
    if (definition) definition.arity = arity;
  }
  return defined;
}
