import { type SchemaChange } from '@hub/api-client';
import { text } from '../../text';

/** Where they are on the page of their connection. */
export const SCHEMA_CHANGES = 'schema-changes';

export type OneChange = SchemaChange['changes'][number];

const words = text.connections.detail.schema;

/** One change in words. The members that hold it are of another type for each kind. */
export function changeInWords({ kind, name, before, after }: OneChange): string {
  switch (kind) {
    case 'object_added':
    case 'field_added':
      return words.isNew(name);
    case 'object_removed':
    case 'field_removed':
      return words.isGone(name);
    case 'type_changed':
      return words.type(name, String(before), String(after));
    case 'required_changed':
      return after === true ? words.required(name) : words.optional(name);
    case 'writable_changed':
      return after === true ? words.writable(name) : words.readOnly(name);
    case 'length_changed':
      return words.length(name, lengthOf(before), lengthOf(after));
    case 'values_changed':
      return valuesInWords(name, listOf(before), listOf(after));
  }
}

function lengthOf(length: unknown): string {
  return typeof length === 'number' ? String(length) : words.noLimit;
}

function listOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

function valuesInWords(name: string, gone: readonly string[], come: readonly string[]): string {
  return [
    ...(gone.length === 0 ? [] : [words.valuesGone(name, gone.join(', '))]),
    ...(come.length === 0 ? [] : [words.valuesNew(name, come.join(', '))]),
  ].join('; ');
}
