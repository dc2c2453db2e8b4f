import { pathText } from './simple-value';

/** A field of a sample. */
export interface SamplePath {
  readonly path: readonly string[];
  /** As JSONata writes it. */
  readonly text: string;
  readonly kind: 'text' | 'number' | 'flag' | 'null' | 'object' | 'list';
  /** The value, shortly; empty for objects and lists. */
  readonly example: string;
}

const DEEPEST = 8;
const MOST = 600;
const SHOWN = 60;

/** The fields of a sample, lists seen through their first elements, as JSONata does. */
export function samplePaths(sample: unknown): SamplePath[] {
  const found = new Map<string, SamplePath>();
  visit(sample, [], found);
  return [...found.values()];
}

function visit(value: unknown, path: readonly string[], found: Map<string, SamplePath>): void {
  if (found.size >= MOST || path.length > DEEPEST) return;
  const text = pathText(path);
  if (path.length > 0 && !found.has(text)) found.set(text, { path, text, ...shown(value) });
  if (Array.isArray(value)) for (const element of value.slice(0, 3)) visitMembers(element, path, found);
  else visitMembers(value, path, found);
}

function visitMembers(value: unknown, path: readonly string[], found: Map<string, SamplePath>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  // A name that JSONata cannot quote cannot be written.
  for (const [name, member] of Object.entries(value))
    if (name !== '' && !name.includes('`') && !(path.length === 0 && name.startsWith('$')))
      visit(member, [...path, name], found);
}

function shown(value: unknown): Pick<SamplePath, 'kind' | 'example'> {
  if (Array.isArray(value)) return { kind: 'list', example: '' };
  if (typeof value === 'string') return { kind: 'text', example: short(value) };
  if (typeof value === 'number') return { kind: 'number', example: short(String(value)) };
  if (typeof value === 'boolean') return { kind: 'flag', example: String(value) };
  return value === null ? { kind: 'null', example: 'null' } : { kind: 'object', example: '' };
}

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
