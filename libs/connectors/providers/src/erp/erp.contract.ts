import { type IOptions, type WSDL } from 'soap';
import { ERP_WSDL } from './erp.wsdl';

export const NAMESPACE = 'urn:acme:erp:v1';

export const ENTITIES = ['Customer', 'Invoice', 'Payment'] as const;
export type Entity = (typeof ENTITIES)[number];

export const OPERATIONS = [
  'Ping',
  'GetChangesSince',
  'GetCustomer',
  'GetInvoice',
  'UpsertCustomer',
  'UpsertInvoice',
  'PostPayment',
] as const;
export type ErpOperation = (typeof OPERATIONS)[number];

export const BASES = ['string', 'decimal', 'int', 'long', 'boolean', 'date', 'dateTime'] as const;
export type Base = (typeof BASES)[number];

export interface SimpleType {
  readonly kind: 'simple';
  readonly base: Base;
  /** Of an enumeration. */
  readonly values: readonly string[] | null;
  readonly fractionDigits: number | null;
}

/** Members in the order in which they have to be sent. */
export interface ComplexType {
  readonly kind: 'complex';
  readonly elements: readonly ContractElement[];
}

export interface ContractElement {
  readonly name: string;
  readonly type: SimpleType | ComplexType;
  readonly required: boolean;
  readonly many: boolean;
  readonly nillable: boolean;
}

export interface ErpContract {
  /** As soap has parsed it. It is only read from, so all calls share it. */
  readonly wsdl: WSDL;
  readonly operations: ReadonlyMap<string, { readonly request: ComplexType; readonly answer: ComplexType }>;
}

/** soap's own parsing, of which these are the parts that matter here. */
interface Node {
  readonly $name?: string;
  readonly $type?: string;
  readonly $base?: string;
  readonly $value?: string;
  readonly $minOccurs?: string | number;
  readonly $maxOccurs?: string | number;
  readonly $nillable?: string | boolean;
  readonly nsName?: string;
  readonly children?: readonly Node[];
}
interface Schema {
  readonly complexTypes: Readonly<Record<string, Node>>;
  readonly types: Readonly<Record<string, Node>>;
  readonly elements: Readonly<Record<string, Node>>;
}
interface Definitions {
  readonly schemas?: Readonly<Record<string, Schema>>;
  readonly portTypes?: Readonly<Record<string, { readonly methods: Readonly<Record<string, MethodNode>> }>>;
}
interface MethodNode {
  readonly input?: { readonly $name?: string };
  readonly output?: { readonly $name?: string };
}

const asText = (text: string): string => text;

/**
 * Every value stays the text that it is: soap would make doubles of decimals and of row versions around 2^53, and read a
 * time without a zone in the zone of this process.
 */
const READ_AS_TEXT: IOptions = {
  customDeserializer: Object.fromEntries(BASES.filter((base) => base !== 'string').map((base) => [base, asText])),
  handleNilAsNull: true,
  // It runs when a document imports another. Ours does not, and what another one imports is fetched from nowhere.
  wsdl_options: {
    overrideImportLocation: () => {
      throw new Error('imports are not followed');
    },
  },
};

let shipped: Promise<ErpContract> | undefined;

/** The contract that comes with the connector, parsed once. */
export function erpContract(): Promise<ErpContract> {
  return (shipped ??= readContract(ERP_WSDL));
}

/** @throws for a document that is no WSDL of SOAP with the namespace of this contract, or that imports others. */
export async function readContract(text: string): Promise<ErpContract> {
  const wsdl = await parseWsdl(text);
  const { schemas, portTypes = {} } = wsdl.definitions as unknown as Definitions;
  const schema = schemas?.[NAMESPACE];
  if (schema === undefined) throw new Error('the document is not of this contract');
  const methods = Object.values(portTypes).flatMap((portType) => Object.entries(portType.methods));
  const body = (name: string | undefined): ComplexType => {
    const element = name === undefined ? undefined : schema.elements[name];
    return element === undefined ? { kind: 'complex', elements: [] } : complexType(schema, element);
  };
  return {
    wsdl,
    operations: new Map(
      methods.map(([name, { input, output }]) => [name, { request: body(input?.$name), answer: body(output?.$name) }]),
    ),
  };
}

/** @throws never for the shipped contract, which its tests hold complete. */
export function bodyOf(contract: ErpContract, operation: ErpOperation, side: 'request' | 'answer'): ComplexType {
  const found = contract.operations.get(operation);
  if (found === undefined) throw new Error(`the contract has no ${operation}`);
  return found[side];
}

/** The fields of a record. */
export function entityType(contract: ErpContract, entity: Entity): ComplexType {
  const element = elementOf(bodyOf(contract, 'GetChangesSince', 'answer'), entity);
  if (element?.type.kind !== 'complex') throw new Error(`the contract has no ${entity}`);
  return element.type;
}

export function elementOf({ elements }: ComplexType, name: string): ContractElement | undefined {
  return elements.find((element) => element.name === name);
}

/** soap is loaded by the first call of a connection. */
async function parseWsdl(text: string): Promise<WSDL> {
  const soap = await import('soap');
  return new Promise((resolve, reject) => {
    const wsdl = new soap.WSDL(text, '', READ_AS_TEXT);
    wsdl.onReady((error: unknown) =>
      error === undefined || error === null
        ? resolve(wsdl)
        : reject(error instanceof Error ? error : new Error('no WSDL')),
    );
  });
}

/** Named or inline: in the end each has one sequence. */
function complexType(schema: Schema, node: Node): ComplexType {
  const named = node.$type === undefined ? undefined : schema.complexTypes[localName(node.$type)];
  return { kind: 'complex', elements: sequenceOf(named ?? node).map((child) => elementFrom(schema, child)) };
}

function sequenceOf(node: Node): readonly Node[] {
  const children = node.children ?? [];
  return children.flatMap((child) => (child.$name === undefined ? sequenceOf(child) : [child]));
}

function elementFrom(schema: Schema, node: Node): ContractElement {
  const type = node.$type === undefined ? undefined : localName(node.$type);
  const isComplex = type === undefined || schema.complexTypes[type] !== undefined;
  return {
    name: node.$name ?? '',
    type: isComplex ? complexType(schema, node) : simpleType(schema, type),
    required: String(node.$minOccurs ?? '1') !== '0',
    many: !['0', '1'].includes(String(node.$maxOccurs ?? '1')),
    nillable: String(node.$nillable) === 'true',
  };
}

function simpleType(schema: Schema, name: string): SimpleType {
  const restriction = schema.types[name]?.children?.[0];
  const facets = restriction?.children ?? [];
  const values = facets.filter(({ nsName = '' }) => localName(nsName) === 'enumeration');
  const digits = facets.find(({ nsName = '' }) => localName(nsName) === 'fractionDigits')?.$value;
  const base = localName(restriction?.$base ?? name);
  return {
    kind: 'simple',
    base: BASES.find((known) => known === base) ?? 'string',
    values: values.length === 0 ? null : values.map(({ $value = '' }) => $value),
    fractionDigits: digits === undefined ? null : Number(digits),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
