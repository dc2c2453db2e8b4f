import { type Contract } from '../schema/contract.types';
import { printRoot } from '../schema/printer';
import { escapeText, tag } from '../xml/xml-writer';

export const WSSE_NS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
export const WSU_NS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';

/** Who is at fault, in SOAP's words; the security codes have their own namespaces. */
export type FaultCode =
  | 'Client'
  | 'Server'
  | 'MustUnderstand'
  | 'VersionMismatch'
  | 'wsse:FailedAuthentication'
  | 'wsse:InvalidSecurity'
  | 'wsse:InvalidSecurityToken'
  | 'wsu:MessageExpired';

export interface ErpFaultDetail {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly retryable: boolean;
}

/** The answer is a SOAP fault. Header faults carry no detail, as SOAP 1.1 demands. */
export class SoapFault extends Error {
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly detail?: ErpFaultDetail,
    /** Overrules the system's habit of one or the other. */
    readonly httpStatus?: number,
  ) {
    super(message);
  }
}

/** The caller's mistake: the same message will fail again. */
export function clientFault(code: string, message: string, field?: string): SoapFault {
  return new SoapFault('Client', message, { code, message, field, retryable: false });
}

/** The system cannot now. */
export function serverFault(code: string, message: string): SoapFault {
  return new SoapFault('Server', message, { code, message, retryable: true });
}

/** The content of `Body`. `faultcode` and its kin have no namespace, as the schema of SOAP 1.1 has them. */
export function printFault(
  fault: SoapFault,
  contract: Contract,
  { soapPrefix, bodyPrefix }: { readonly soapPrefix: string; readonly bodyPrefix: string },
): string {
  const { code, message, detail } = fault;
  const security = /^(wsse|wsu):/.exec(code)?.[1];
  const parts = [
    security === undefined
      ? tag('faultcode', `${soapPrefix}:${code}`)
      : tag('faultcode', code, { [`xmlns:${security}`]: security === 'wsse' ? WSSE_NS : WSU_NS }),
    tag('faultstring', escapeText(message)),
    detail
      ? tag(
          'detail',
          printRoot(contract.fault, detailFields(detail), { prefix: bodyPrefix, namespace: contract.namespace }),
        )
      : '',
  ];
  return tag(`${soapPrefix}:Fault`, parts.join(''));
}

function detailFields({ code, message, field, retryable }: ErpFaultDetail): Record<string, string> {
  return {
    Code: code,
    Message: message,
    ...(field === undefined ? {} : { Field: field }),
    Retryable: String(retryable),
  };
}
