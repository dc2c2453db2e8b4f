import { escapeText, tag } from '../xml/xml-writer';
import { isFields, type ElementDeclaration, type Fields, type FieldValue } from './contract.types';

/**
 * Prints a value in the order of the schema, whatever the order of its keys. An absent value prints nothing.
 * @param prefix of the contract's namespace; '' when it is the default one
 */
function printElement(declaration: ElementDeclaration, value: FieldValue | undefined, prefix: string): string {
  if (value === undefined) return '';
  const name = prefix === '' ? declaration.name : `${prefix}:${declaration.name}`;
  if (value === null) return tag(name, '', { 'xsi:nil': 'true' });
  if (typeof value === 'string') return tag(name, escapeText(value));
  if (!isFields(value)) return value.map((item) => printElement(declaration, item, prefix)).join('');
  const { type } = declaration;
  if (type.kind === 'simple') throw new Error(`${declaration.name} cannot hold fields`);
  return tag(name, type.sequence.map((child) => printElement(child, value[child.name], prefix)).join(''));
}

/** As {@link printElement}, for the topmost element: without a prefix it declares the namespace for all below it. */
export function printRoot(
  declaration: ElementDeclaration,
  value: Fields,
  { prefix, namespace }: { readonly prefix: string; readonly namespace: string },
): string {
  const { name, type } = declaration;
  if (type.kind === 'simple') throw new Error(`${name} cannot hold fields`);
  const content = type.sequence.map((child) => printElement(child, value[child.name], prefix)).join('');
  return prefix === '' ? tag(name, content, { xmlns: namespace }) : tag(`${prefix}:${name}`, content);
}
