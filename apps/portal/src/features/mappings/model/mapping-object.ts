import { tokensOf, type Token } from './expression-tokens';
import { readValue, type AstNode, type SimpleValue } from './simple-value';

/** What a member is set to: something simple, an object of members of its own, or any other expression. */
export type MemberValue =
  | { readonly kind: 'simple'; readonly value: SimpleValue }
  | { readonly kind: 'object'; readonly object: MappedObject }
  | { readonly kind: 'expression' };

/** One member of an object constructor, by its place in the text. */
export interface MappedMember {
  readonly name: string;
  /** Of the key. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  readonly value: MemberValue;
}

/** An object constructor: `open` is the place of its brace, `close` that of the other. */
export interface MappedObject {
  readonly open: number;
  readonly close: number;
  readonly members: readonly MappedMember[];
}

export interface MappingModel {
  readonly object: MappedObject;
  /** False where code around the object has a say in the output as well. */
  readonly isWhole: boolean;
}

/** Why the fields of a mapping cannot be shown. */
export type Unreadable = 'syntax' | 'no_object';

/** @throws whatever the parser throws at what does not parse */
export type Parse = (source: string) => AstNode;

/**
 * Finds the object that an expression yields and its members, by the syntax tree that JSONata itself makes and the places
 * that it gives. Whatever does not fit together is not shown as fields, so that nothing is ever written in a wrong place.
 */
export function readMapping(source: string, parse: Parse): MappingModel | Unreadable {
  let root: AstNode;
  try {
    root = parse(source);
  } catch {
    return 'syntax';
  }
  const found = yielded(root);
  if (found === null) return 'no_object';
  const object = new Reader(source).object(found);
  return object === null ? 'no_object' : { object, isWhole: found === root || isOnlyStatement(root, found) };
}

function isOnlyStatement(root: AstNode, found: AstNode): boolean {
  return root.type === 'block' && root.expressions?.at(-1) === found;
}

/** The object constructor that the result of a node is, or is made with. */
function yielded(node: AstNode): AstNode | null {
  if (pairsOf(node) !== null) return node;
  if (node.type === 'block') return orNull(node.expressions?.at(-1));
  if (node.type === 'condition') return orNull(node.then) ?? orNull(node.else);
  if (node.type !== 'function' || node.procedure?.value !== 'merge') return null;
  const parts = node.arguments?.[0]?.expressions ?? [];
  return orNull(parts.findLast((part) => pairsOf(part) !== null));
}

function orNull(node: AstNode | undefined): AstNode | null {
  return node === undefined ? null : yielded(node);
}

function pairsOf({ type, value, lhs }: AstNode): readonly (readonly [AstNode, AstNode])[] | null {
  return type === 'unary' && value === '{' && Array.isArray(lhs)
    ? (lhs as readonly (readonly [AstNode, AstNode])[])
    : null;
}

class Reader {
  private readonly tokens: readonly Token[];
  private readonly byEnd: ReadonlyMap<number, number>;

  constructor(private readonly source: string) {
    this.tokens = tokensOf(source);
    this.byEnd = new Map(this.tokens.map(({ to }, index) => [to, index]));
  }

  /** Null where tree and text disagree, or where a key is no plain text. */
  object(node: AstNode): MappedObject | null {
    const pairs = pairsOf(node);
    const open = this.indexOf(node);
    if (pairs === null || open === null || this.textAt(open) !== '{') return null;
    const close = this.closing(open);
    if (close === null) return null;
    const keys = pairs.map(([key]) => (key.type === 'string' ? this.indexOf(key) : null));
    if (keys.some((key) => key === null || this.tokens[key]?.kind !== 'string')) return null;
    const members: MappedMember[] = [];
    for (const [index, [key, value]] of pairs.entries()) {
      const member = this.member(String(key.value), value, keys[index] as number, keys[index + 1] ?? close + 1);
      if (member === null) return null;
      members.push(member);
    }
    return { open: this.place(open).from, close: this.place(close).from, members };
  }

  /** @param next the key that follows, whose comma ends the value; behind the brace for the last one */
  private member(name: string, node: AstNode, key: number, next: number): MappedMember | null {
    const [colon, first, last, end] = [key + 1, key + 2, next - 2, next - 1];
    if (this.textAt(colon) !== ':' || last < first || ![',', '}'].includes(this.textAt(end))) return null;
    return {
      name,
      from: this.place(key).from,
      valueFrom: this.place(first).from,
      valueTo: this.place(last).to,
      value: this.value(node),
    };
  }

  private value(node: AstNode): MemberValue {
    const value = readValue(node);
    if (value !== null) return { kind: 'simple', value };
    const object = this.object(node);
    return object === null ? { kind: 'expression' } : { kind: 'object', object };
  }

  /** JSONata gives the place where a token ends. */
  private indexOf({ position }: AstNode): number | null {
    return position === undefined ? null : (this.byEnd.get(position) ?? null);
  }

  private closing(open: number): number | null {
    let depth = 0;
    for (let index = open; index < this.tokens.length; index++) {
      const text = this.textAt(index);
      if (text === '{' || text === '(' || text === '[') depth++;
      else if (text === '}' || text === ')' || text === ']') depth--;
      if (depth === 0) return text === '}' ? index : null;
    }
    return null;
  }

  private place(index: number): Token {
    const token = this.tokens[index];
    if (token === undefined) throw new Error('a place that was found has a token');
    return token;
  }

  /** Of marks alone: the same letters in a text mean nothing. */
  private textAt(index: number): string {
    const token = this.tokens[index];
    return token?.kind === 'mark' ? this.source.slice(token.from, token.to) : '';
  }
}
