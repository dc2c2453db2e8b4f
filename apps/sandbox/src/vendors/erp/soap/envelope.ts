import { parseXml } from '../xml/xml-parser';
import { attributeOf, childElements, SOAP_NS, XmlSyntaxError, XSI_NS, type XmlElement } from '../xml/xml.types';
import { tag } from '../xml/xml-writer';
import { SoapFault } from './soap-fault';

const NEXT_ACTOR = 'http://schemas.xmlsoap.org/soap/actor/next';

export interface Envelope {
  /** Header blocks meant for this receiver. */
  readonly headers: readonly XmlElement[];
  /** The one element of the body. */
  readonly request: XmlElement;
}

/** @throws SoapFault Client or VersionMismatch */
export function readEnvelope(text: string): Envelope {
  const root = parse(text);
  if (root.name === 'Envelope' && root.namespace !== SOAP_NS) {
    throw new SoapFault('VersionMismatch', `The envelope is of namespace "${root.namespace}", this is SOAP 1.1`);
  }
  if (root.name !== 'Envelope')
    throw new SoapFault('Client', `The root element is "${root.name}", not a SOAP envelope`);
  const parts = childElements(root);
  const header = parts[0]?.namespace === SOAP_NS && parts[0].name === 'Header' ? parts[0] : undefined;
  const body = parts[header ? 1 : 0];
  if (body?.namespace !== SOAP_NS || body.name !== 'Body') throw new SoapFault('Client', 'The envelope has no body');
  if (parts.length > (header ? 2 : 1)) throw new SoapFault('Client', 'The envelope goes on after its body');
  const [request, second] = childElements(body);
  if (!request || second) throw new SoapFault('Client', 'The body must have exactly one element');
  const headers = (header ? childElements(header) : []).filter((block) => isForUs(block));
  return { headers, request };
}

function parse(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    if (!(error instanceof XmlSyntaxError)) throw error;
    throw new SoapFault('Client', `Error reading XML at [row,col]:[${error.line},${error.column}]: ${error.message}`);
  }
}

function isForUs(block: XmlElement): boolean {
  const actor = attributeOf(block, SOAP_NS, 'actor');
  return actor === undefined || actor === '' || actor === NEXT_ACTOR;
}

/** @throws SoapFault MustUnderstand for a mandatory header that is not among the understood ones */
export function requireUnderstood(headers: readonly XmlElement[], understood: (block: XmlElement) => boolean): void {
  for (const block of headers) {
    const flag = attributeOf(block, SOAP_NS, 'mustUnderstand');
    if (flag !== undefined && flag !== '0' && flag !== '1') {
      throw new SoapFault('Client', `The mustUnderstand attribute of "${block.name}" is neither 0 nor 1`);
    }
    if (flag === '1' && !understood(block)) {
      throw new SoapFault(
        'MustUnderstand',
        `MustUnderstand headers: [{${block.namespace}}${block.name}] are not understood`,
      );
    }
  }
}

export interface EnvelopeStyle {
  readonly soapPrefix: string;
  /** '' declares no prefix: the contract's elements then declare their namespace themselves. */
  readonly bodyPrefix: string;
  /** As the XML declaration names it. */
  readonly encoding: string;
}

export function printEnvelope(style: EnvelopeStyle, namespace: string, body: string): string {
  const { soapPrefix, bodyPrefix, encoding } = style;
  return `<?xml version="1.0" encoding="${encoding}"?>\n${tag(
    `${soapPrefix}:Envelope`,
    tag(`${soapPrefix}:Body`, body),
    {
      [`xmlns:${soapPrefix}`]: SOAP_NS,
      'xmlns:xsi': XSI_NS,
      ...(bodyPrefix === '' ? {} : { [`xmlns:${bodyPrefix}`]: namespace }),
    },
  )}`;
}
