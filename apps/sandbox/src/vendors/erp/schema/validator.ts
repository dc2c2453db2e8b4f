import { attributeOf, childElements, textOf, XSI_NS, type XmlElement } from '../xml/xml.types';
import {
  type ComplexType,
  type ElementDeclaration,
  type FieldValue,
  type Fields,
  type SimpleType,
} from './contract.types';
import { readSimple } from './lexical';

/** The message breaks the schema; `path` leads to the element, from below the request. */
export class SchemaViolation extends Error {
  constructor(
    message: string,
    readonly path: string,
    readonly kind: 'missing' | 'unexpected' | 'value',
  ) {
    super(message);
  }
}

const XSI_ATTRIBUTES = new Set(['nil', 'type', 'schemaLocation', 'noNamespaceSchemaLocation']);

/**
 * Validates an element against its declaration, in sequence order, and returns its content.
 * @throws SchemaViolation for the first thing that is wrong
 */
export function readElement(
  namespace: string,
  declaration: ElementDeclaration,
  element: XmlElement,
  path = '',
): FieldValue {
  const { type, name } = declaration;
  for (const attribute of element.attributes) {
    if (attribute.namespace === XSI_NS && XSI_ATTRIBUTES.has(attribute.name)) continue;
    const rule = type.kind === 'simple' ? 'cvc-type.3.1.1' : 'cvc-complex-type.3.2.2';
    throw new SchemaViolation(
      `${rule}: Attribute '${attribute.name}' is not allowed to appear in element '${name}'.`,
      path || name,
      'unexpected',
    );
  }
  if (isNil(declaration, element, path)) return null;
  return type.kind === 'simple'
    ? simpleContent(type, element, path || name)
    : complexContent(namespace, type, element, path);
}

function isNil({ name, nillable }: ElementDeclaration, element: XmlElement, path: string): boolean {
  const nil = attributeOf(element, XSI_NS, 'nil')?.trim();
  if (nil === undefined) return false;
  if (!['true', 'false', '1', '0'].includes(nil)) {
    throw new SchemaViolation(`cvc-datatype-valid.1.2.1: '${nil}' is not a valid value for 'boolean'.`, path, 'value');
  }
  if (!nillable) {
    throw new SchemaViolation(
      `cvc-elt.3.1: Attribute '${XSI_NS},nil' must not appear on element '${name}', because the {nillable} property of '${name}' is false.`,
      path || name,
      'value',
    );
  }
  if (nil !== 'true' && nil !== '1') return false;
  if (element.children.length > 0) {
    throw new SchemaViolation(
      `cvc-elt.3.2.1: Element '${name}' cannot have character or element information [children], because '${XSI_NS},nil' is specified.`,
      path || name,
      'value',
    );
  }
  return true;
}

function simpleContent(type: SimpleType, element: XmlElement, path: string): string {
  if (childElements(element).length > 0) {
    throw new SchemaViolation(
      `cvc-type.3.1.2: Element '${element.name}' is a simple type, so it must have no element information item [children].`,
      path,
      'unexpected',
    );
  }
  const read = readSimple(type, textOf(element));
  if ('violation' in read) throw new SchemaViolation(read.violation, path, 'value');
  return read.value;
}

function complexContent(namespace: string, { sequence }: ComplexType, element: XmlElement, path: string): Fields {
  if (element.children.some((child) => typeof child === 'string' && child.trim() !== '')) {
    throw new SchemaViolation(
      `cvc-complex-type.2.3: Element '${element.name}' cannot have character [children], because the type's content type is element-only.`,
      path || element.name,
      'unexpected',
    );
  }
  const children = childElements(element);
  const content: Record<string, FieldValue> = {};
  let next = 0;
  for (const declaration of sequence) {
    const at = path === '' ? declaration.name : `${path}/${declaration.name}`;
    const found: FieldValue[] = [];
    for (
      let child = children[next];
      child?.name === declaration.name && child.namespace === namespace && found.length < declaration.max;
      child = children[++next]
    ) {
      found.push(readElement(namespace, declaration, child, at));
    }
    if (found.length < declaration.min) reject(namespace, sequence, element, next, path);
    if (declaration.max > 1) content[declaration.name] = found;
    else if (found[0] !== undefined) content[declaration.name] = found[0];
  }
  if (next < children.length) reject(namespace, sequence, element, next, path);
  return content;
}

/** What stands at `next` does not belong there, or nothing stands there though something must. */
function reject(
  namespace: string,
  sequence: readonly ElementDeclaration[],
  parent: XmlElement,
  next: number,
  path: string,
): never {
  const children = childElements(parent);
  const last = children[next - 1];
  const position = last ? sequence.findIndex(({ name }) => name === last.name) : -1;
  const isRepeatable = (sequence[position]?.max ?? 1) > 1;
  const rest = sequence.slice(isRepeatable ? position : position + 1);
  const below = (name: string): string => (path === '' ? name : `${path}/${name}`);
  const stray = children[next];
  if (stray) {
    const message =
      rest.length > 0
        ? unexpected(stray, expectedNames(namespace, rest))
        : `cvc-complex-type.2.4.d: Invalid content was found starting with element '${stray.name}'. No child element is expected at this point.`;
    throw new SchemaViolation(message, below(stray.name), 'unexpected');
  }
  throw new SchemaViolation(
    `cvc-complex-type.2.4.b: The content of element '${parent.name}' is not complete. One of '${expectedNames(namespace, rest)}' is expected.`,
    below(rest.find(({ min }) => min > 0)?.name ?? parent.name),
    'missing',
  );
}

function unexpected(stray: XmlElement, expected: string): string {
  return `cvc-complex-type.2.4.a: Invalid content was found starting with element '${stray.name}'. One of '${expected}' is expected.`;
}

/** Everything up to and with the first element that cannot be left out. */
function expectedNames(namespace: string, rest: readonly ElementDeclaration[]): string {
  const mandatory = rest.findIndex(({ min }) => min > 0);
  const names = (mandatory < 0 ? rest : rest.slice(0, mandatory + 1)).map(({ name }) => `"${namespace}":${name}`);
  return `{${names.join(', ')}}`;
}
