import { type Completion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { type MappingFunction } from '@hub/api-client';
import { type SamplePath } from '../model/sample-paths';
import { type TargetField } from '../model/target-fields';
import { JSONATA_FUNCTIONS } from './jsonata-builtins';

/** What the editor can offer. */
export interface Known {
  readonly functions: readonly MappingFunction[];
  readonly paths: readonly SamplePath[];
  readonly fields: readonly TargetField[];
}

const VARIABLES: readonly Completion[] = ['$event', '$tables'].map((label) => ({ label, type: 'variable', boost: 5 }));

/** Functions after a `$`, fields of the target where a key stands, and fields of the sample anywhere else. */
export function completionsAt(context: CompletionContext, known: Known): CompletionResult | null {
  const key = context.matchBefore(/[{,]\s*"[^"\n]*$/);
  if (key !== null) return fieldCompletions(key.to - lengthOfKey(key.text), known.fields);
  const call = context.matchBefore(/\$\w*/);
  if (call !== null) return { from: call.from, options: functionCompletions(known.functions), validFor: /^\$\w*$/ };
  const path = context.matchBefore(/[\w.`]+/);
  if (path === null && !context.explicit) return null;
  return { from: path?.from ?? context.pos, options: pathCompletions(known.paths), validFor: /^[\w.`]*$/ };
}

function lengthOfKey(text: string): number {
  return text.length - text.lastIndexOf('"');
}

/** Fields within objects cannot be written as one key. */
function fieldCompletions(from: number, fields: readonly TargetField[]): CompletionResult {
  const names = new Map(fields.map((field) => [field.path[0] ?? '', field]));
  const options = [...names].map(([name, field]): Completion => ({
    label: `"${name}"`,
    type: 'property',
    detail: field.path.length === 1 ? field.type : 'object',
    info: field.hint === '' ? undefined : field.hint,
    boost: field.isRequired ? 10 : 0,
  }));
  return { from, options, validFor: /^"[^"\n]*"?$/ };
}

function functionCompletions(own: readonly MappingFunction[]): Completion[] {
  return [
    ...VARIABLES,
    ...own.map(({ name, usage, description, group }): Completion => ({
      label: `$${name}`,
      apply: `$${name}(`,
      type: 'function',
      detail: usage.slice(name.length + 1),
      info: `${description.replaceAll('`', '')} (${group})`,
      boost: 2,
    })),
    ...JSONATA_FUNCTIONS.map((usage): Completion => {
      const name = usage.slice(0, usage.indexOf('('));
      return { label: name, apply: `${name}(`, type: 'function', detail: usage.slice(name.length) };
    }),
  ];
}

function pathCompletions(paths: readonly SamplePath[]): Completion[] {
  return paths.map(({ text, kind, example }) => ({
    label: text,
    type: 'variable',
    detail: example === '' ? kind : example,
  }));
}
