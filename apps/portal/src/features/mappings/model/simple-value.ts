import { transformOf, type Constant } from './transforms';

/** As much of a node of JSONata's syntax tree as is read here. */
export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  readonly position?: number;
  readonly steps?: readonly AstNode[];
  readonly arguments?: readonly AstNode[];
  readonly procedure?: AstNode;
  readonly expressions?: readonly AstNode[];
  /** Of an object: pairs of key and value. */
  readonly lhs?: AstNode | readonly (readonly [AstNode, AstNode])[];
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
}

export interface Step {
  /** Of the function, without `$`. */
  readonly name: string;
  /** All its arguments but the value, in their order. */
  readonly args: readonly Constant[];
}

/** What a person sets without writing JSONata: a constant, or a field of the sample that goes through some functions. */
export type SimpleValue =
  | { readonly kind: 'constant'; readonly value: Constant }
  | { readonly kind: 'field'; readonly path: readonly string[]; readonly steps: readonly Step[] };

/** Null for whatever is no simple value: that is shown as it is written and left alone. */
export function readValue(node: AstNode): SimpleValue | null {
  const constant = constantOf(node);
  if (constant !== undefined) return { kind: 'constant', value: constant };
  const path = pathOf(node);
  if (path !== null) return { kind: 'field', path, steps: [] };
  return callOf(node);
}

function callOf(node: AstNode): SimpleValue | null {
  const { procedure, arguments: all = [] } = node;
  if (node.type !== 'function' || procedure?.type !== 'variable' || !hasOnly(node, CALL)) return null;
  const transform = transformOf(String(procedure.value));
  if (transform === undefined) return null;
  const { before, after } = transform;
  const inner = all[before.length];
  const least = before.length + 1 + after.filter(({ isOptional }) => isOptional !== true).length;
  if (inner === undefined || all.length < least || all.length > before.length + 1 + after.length) return null;
  const args = all.filter((argument) => argument !== inner).map(constantOf);
  if (args.includes(undefined)) return null;
  const value = readValue(inner);
  if (value?.kind !== 'field') return null;
  return { ...value, steps: [...value.steps, { name: transform.name, args: args as Constant[] }] };
}

const CALL: ReadonlySet<string> = new Set(['type', 'value', 'position', 'procedure', 'arguments']);
const PATH: ReadonlySet<string> = new Set(['type', 'steps']);
const LEAF: ReadonlySet<string> = new Set(['type', 'value', 'position']);

/** Filters, groups and the like hang on a node as members of their own. */
function hasOnly(node: AstNode, known: ReadonlySet<string>): boolean {
  return Object.entries(node).every(([name, value]) => value === undefined || known.has(name));
}

function constantOf(node: AstNode): Constant | undefined {
  if (node.type !== 'string' && node.type !== 'number' && node.type !== 'value') return undefined;
  return hasOnly(node, LEAF) ? (node.value as Constant) : undefined;
}

/** Its first segment is `$…` where it begins at a variable. */
function pathOf(node: AstNode): string[] | null {
  if (node.type === 'variable') return hasOnly(node, LEAF) && node.value !== '' ? [`$${String(node.value)}`] : null;
  if (node.type !== 'path' || !hasOnly(node, PATH)) return null;
  const segments = (node.steps ?? []).map((step, index) => segmentOf(step, index));
  return segments.includes(null) || segments.length === 0 ? null : (segments as string[]);
}

function segmentOf(step: AstNode, index: number): string | null {
  if (!hasOnly(step, LEAF)) return null;
  if (step.type === 'name' && !String(step.value).startsWith('$')) return String(step.value);
  return step.type === 'variable' && index === 0 ? `$${String(step.value)}` : null;
}

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED: ReadonlySet<string> = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

/** A path as JSONata writes it. */
export function pathText(path: readonly string[]): string {
  return path
    .map((name, index) => {
      if (index === 0 && name.startsWith('$')) return name;
      return PLAIN_NAME.test(name) && !RESERVED.has(name) ? name : `\`${name}\``;
    })
    .join('.');
}

export function writeValue(value: SimpleValue): string {
  if (value.kind === 'constant') return JSON.stringify(value.value);
  return value.steps.reduce((inner, { name, args }) => {
    const before = transformOf(name)?.before.length ?? 0;
    const texts = args.map((argument) => JSON.stringify(argument));
    return `$${name}(${[...texts.slice(0, before), inner, ...texts.slice(before)].join(', ')})`;
  }, pathText(value.path));
}
