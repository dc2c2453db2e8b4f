import { tokensOf } from './expression-tokens';
import { type MappedMember, type MappedObject } from './mapping-object';

/** A member with the names that lead to it. */
export interface MemberAt {
  readonly path: readonly string[];
  readonly member: MappedMember;
}

/** Every member that is no object itself, in the order of the text. */
export function membersOf(object: MappedObject, above: readonly string[] = []): MemberAt[] {
  return object.members.flatMap((member): MemberAt[] => {
    const path = [...above, member.name];
    const { value } = member;
    return value.kind === 'object' ? membersOf(value.object, path) : [{ path, member }];
  });
}

/**
 * Sets the member at a path to what is written, and leaves every other letter as it is.
 * @returns null where code stands in the way: above the path is an expression.
 */
export function setMember(
  source: string,
  object: MappedObject,
  path: readonly string[],
  written: string,
): string | null {
  const [name, ...below] = path;
  if (name === undefined) return null;
  const member = object.members.find((candidate) => candidate.name === name);
  if (member === undefined) return addMember(source, object, name, nested(below, written));
  if (below.length === 0) return replaced(source, member.valueFrom, member.valueTo, written);
  return member.value.kind === 'object' ? setMember(source, member.value.object, below, written) : null;
}

function nested(path: readonly string[], written: string): string {
  return path.reduceRight((inner, name) => `{ ${JSON.stringify(name)}: ${inner} }`, written);
}

function addMember(source: string, object: MappedObject, name: string, written: string): string {
  const text = `${JSON.stringify(name)}: ${written}`;
  const last = object.members.at(-1);
  if (last !== undefined) {
    const gap = blanksBefore(source, last.from);
    return replaced(
      source,
      last.valueTo,
      last.valueTo,
      `,${gap.includes('\n') ? gap.slice(gap.lastIndexOf('\n')) : ' '}${text}`,
    );
  }
  const indent = /^[ \t]*/.exec(source.slice(lineStart(source, object.open)))?.[0] ?? '';
  // In front of the brace, behind whatever comment there is.
  return replaced(source, object.close, object.close, `\n${indent}  ${text}\n${indent}`);
}

/** Takes the member at a path away with its comma; an object that has no other member goes with it. */
export function removeMember(source: string, object: MappedObject, path: readonly string[]): string {
  const [name, ...below] = path;
  const index = object.members.findIndex((candidate) => candidate.name === name);
  const member = object.members[index];
  if (member === undefined) return source;
  if (below.length > 0 && member.value.kind === 'object' && member.value.object.members.length > 1)
    return removeMember(source, member.value.object, below);
  const commas = tokensOf(source).filter(({ from }) => source.charAt(from) === ',');
  const after = object.members[index + 1];
  const before = object.members[index - 1];
  if (after !== undefined) {
    const comma = commas.find(({ from }) => from >= member.valueTo);
    // Behind the member, so that its own place stays.
    const cut = comma === undefined ? source : replaced(source, comma.from, comma.to, '');
    return withoutEmptyLine(replaced(cut, member.from, member.valueTo, ''), member.from);
  }
  const comma = before === undefined ? undefined : commas.find(({ from }) => from >= before.valueTo);
  const cut = withoutEmptyLine(replaced(source, member.from, member.valueTo, ''), member.from);
  return comma === undefined ? cut : replaced(cut, comma.from, comma.to, '');
}

function withoutEmptyLine(source: string, at: number): string {
  const start = lineStart(source, at);
  const end = source.indexOf('\n', at);
  const isEmpty = start > 0 && end >= 0 && source.slice(start, end).trim() === '';
  return isEmpty ? replaced(source, start, end + 1, '') : source;
}

function blanksBefore(source: string, at: number): string {
  return /\s*$/.exec(source.slice(0, at))?.[0] ?? '';
}

function lineStart(source: string, at: number): number {
  return source.lastIndexOf('\n', at - 1) + 1;
}

function replaced(source: string, from: number, to: number, written: string): string {
  return source.slice(0, from) + written + source.slice(to);
}
