import { type ComplexType, type ElementDeclaration } from './contract.types';
import { XSI_NS, type XmlElement } from '../xml/xml.types';

/** A control request names something that the contract does not know. */
export class UnknownFieldError extends Error {}

/**
 * Plain JSON as the element it stands for, in schema order, so that the control plane's records go through the same
 * validation as a client's. Numbers and booleans become their text, `null` becomes `xsi:nil`.
 * @throws UnknownFieldError
 */
export function elementFromJson(namespace: string, declaration: ElementDeclaration, value: unknown): XmlElement {
  const { name, type } = declaration;
  if (value === null) {
    return { namespace, name, attributes: [{ namespace: XSI_NS, name: 'nil', value: 'true' }], children: [] };
  }
  if (type.kind === 'complex') {
    return { namespace, name, attributes: [], children: childrenFromJson(namespace, type, name, value) };
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new UnknownFieldError(`${name} is not a text`);
  }
  return { namespace, name, attributes: [], children: value === '' ? [] : [String(value)] };
}

function childrenFromJson(namespace: string, { sequence }: ComplexType, name: string, value: unknown): XmlElement[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnknownFieldError(`${name} is not an object`);
  }
  const given = new Map<string, unknown>(Object.entries(value));
  for (const key of given.keys()) {
    if (!sequence.some((child) => child.name === key)) throw new UnknownFieldError(`${name} has no field ${key}`);
  }
  return sequence.flatMap((child) => {
    const inner = given.get(child.name);
    if (inner === undefined) return [];
    const items: readonly unknown[] = Array.isArray(inner) ? inner : [inner];
    return items.map((item) => elementFromJson(namespace, child, item));
  });
}
