import { parseXml } from '../xml/xml-parser';
import {
  attributeOf,
  childElements,
  findChildren,
  WSDL_NS,
  WSDL_SOAP_NS,
  XSD_NS,
  type XmlElement,
} from '../xml/xml.types';
import {
  type ComplexType,
  type Contract,
  type ElementDeclaration,
  type OperationContract,
  type SchemaType,
  type SimpleBase,
} from './contract.types';

const BASES: readonly SimpleBase[] = ['string', 'decimal', 'int', 'long', 'boolean', 'date', 'dateTime'];

/**
 * The contract as the published WSDL states it, so that what is enforced and what is published cannot drift apart.
 * Reads what this WSDL uses (sequences, restrictions, document/literal) and refuses the rest.
 */
export function readContract(wsdl: string): Contract {
  const definitions = parseXml(wsdl);
  const schema = only(findChildren(only(findChildren(definitions, WSDL_NS, 'types')), XSD_NS, 'schema'));
  const reader = new SchemaReader(schema);
  const messages = new Map(
    findChildren(definitions, WSDL_NS, 'message').map((message) => [
      required(message, 'name'),
      localName(required(only(findChildren(message, WSDL_NS, 'part')), 'element')),
    ]),
  );
  const elementOf = (operation: XmlElement, direction: string): ElementDeclaration =>
    reader.element(
      messages.get(localName(required(only(findChildren(operation, WSDL_NS, direction)), 'message'))) ?? '',
    );
  const ports = findChildren(only(findChildren(definitions, WSDL_NS, 'portType')), WSDL_NS, 'operation');
  const bound = findChildren(only(findChildren(definitions, WSDL_NS, 'binding')), WSDL_NS, 'operation');
  const operations = ports.map((port): OperationContract => {
    const name = required(port, 'name');
    const binding = only(bound.filter((operation) => required(operation, 'name') === name));
    return {
      name,
      soapAction: required(only(findChildren(binding, WSDL_SOAP_NS, 'operation')), 'soapAction'),
      input: elementOf(port, 'input'),
      output: elementOf(port, 'output'),
    };
  });
  return { namespace: required(schema, 'targetNamespace'), operations, fault: reader.element('ErpFault') };
}

class SchemaReader {
  constructor(private readonly schema: XmlElement) {}

  /** A global element. */
  element(name: string): ElementDeclaration {
    return this.declaration(this.global('element', name));
  }

  private global(kind: string, name: string): XmlElement {
    return only(findChildren(this.schema, XSD_NS, kind).filter((element) => required(element, 'name') === name));
  }

  private declaration(element: XmlElement): ElementDeclaration {
    const max = attributeOf(element, '', 'maxOccurs') ?? '1';
    const type = attributeOf(element, '', 'type');
    return {
      name: required(element, 'name'),
      type: type === undefined ? this.complex(only(childElements(element))) : this.named(type),
      min: Number(attributeOf(element, '', 'minOccurs') ?? '1'),
      max: max === 'unbounded' ? Infinity : Number(max),
      nillable: attributeOf(element, '', 'nillable') === 'true',
    };
  }

  private named(reference: string): SchemaType {
    const name = localName(reference);
    if (reference.startsWith('xs:')) {
      const base = BASES.find((candidate) => candidate === name);
      if (!base) throw new Error(`the contract uses a type that is not supported: ${reference}`);
      return { kind: 'simple', name, base };
    }
    const isSimple = findChildren(this.schema, XSD_NS, 'simpleType').some((type) => required(type, 'name') === name);
    return isSimple ? this.restricted(name) : this.complex(this.global('complexType', name));
  }

  private restricted(name: string): SchemaType {
    const restriction = only(childElements(this.global('simpleType', name)));
    const base = this.named(required(restriction, 'base'));
    if (base.kind !== 'simple') throw new Error(`${name} restricts something that is not simple`);
    const values = findChildren(restriction, XSD_NS, 'enumeration').map((facet) => required(facet, 'value'));
    const digits = findChildren(restriction, XSD_NS, 'fractionDigits')[0];
    return {
      ...base,
      name,
      ...(values.length > 0 ? { enumeration: values } : {}),
      ...(digits ? { fractionDigits: Number(required(digits, 'value')) } : {}),
    };
  }

  private complex(element: XmlElement): ComplexType {
    const sequence = only(childElements(element));
    if (sequence.name !== 'sequence') throw new Error('the contract uses a content model other than a sequence');
    return { kind: 'complex', sequence: childElements(sequence).map((child) => this.declaration(child)) };
  }
}

function required(element: XmlElement, name: string): string {
  const value = attributeOf(element, '', name);
  if (value === undefined) throw new Error(`the contract's ${element.name} has no ${name}`);
  return value;
}

function localName(reference: string): string {
  return reference.slice(reference.indexOf(':') + 1);
}

function only(elements: readonly XmlElement[]): XmlElement {
  const [first, second] = elements;
  if (!first || second) throw new Error(`the contract has ${elements.length} elements where one is needed`);
  return first;
}
