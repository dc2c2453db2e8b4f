import { type SeenRequest, type VendorAnswer } from '@hub/connector-contract-suite';

type Row = Record<string, string>;

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const NAMESPACE = 'urn:acme:erp:v1';

/** The few calls of an ERP that the connector makes. A whole system, with all its habits, is in the sandbox app. */
export class FakeErp {
  /** By number. */
  readonly customers = new Map<string, Row>();
  private readonly messages = new Map<string, string>();

  handle = (request: SeenRequest): VendorAnswer => {
    const action = /"urn:acme:erp:v1\/(\w+)"/.exec(String(request.headers['soapaction']))?.[1];
    switch (action) {
      case 'Ping':
        return answer('Ping', '<ServerTime>2026-11-20T10:00:00</ServerTime><Version>4.7</Version>');
      case 'GetChangesSince':
        return answer('GetChangesSince', '<HasMore>false</HasMore><ServerTime>2026-11-20T10:00:00</ServerTime>');
      case 'UpsertCustomer':
        return this.upsert(request.body);
      default:
        return fault('Client', 'no such operation');
    }
  };

  withReference(reference: string): Row[] {
    return [...this.customers.values()].filter(({ ExtRef }) => ExtRef === reference);
  }

  private upsert(body: string): VendorAnswer {
    const message = valueOf(body, 'MessageId') ?? '';
    const known = this.messages.get(message);
    if (known !== undefined) return result(known, 'Duplicate', '1');
    const row = Object.fromEntries(
      ['CustNo', 'ExtRef', 'Name'].flatMap((name) => {
        const value = valueOf(body, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    if (row.Name === 'refuse me') return fault('Client', 'refused', 'ERP-1003', 'Name');
    const existing = this.withReference(row.ExtRef ?? '')[0];
    const number = existing?.CustNo ?? String(this.customers.size + 1).padStart(6, '0');
    this.customers.set(number, { ...existing, ...row, CustNo: number });
    this.messages.set(message, number);
    return result(number, existing === undefined ? 'Created' : 'Updated', '1');
  }
}

export function valueOf(body: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
}

export function envelope(body: string, status = 200, headers: Record<string, string> = {}): VendorAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=utf-8', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="${SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Body>${body}</s:Body></s:Envelope>`,
  };
}

export function answer(operation: string, content: string, status = 200): VendorAnswer {
  return envelope(`<${operation}Response xmlns="${NAMESPACE}">${content}</${operation}Response>`, status);
}

export function result(key: string, action: string, version: string): VendorAnswer {
  const content = `<Key>${key}</Key><Action>${action}</Action><RowVersion>${version}</RowVersion>`;
  return answer('UpsertCustomer', `<Result>${content}</Result>`);
}

export function fault(kind: string, text: string, code?: string, field?: string, status = 500): VendorAnswer {
  const detail =
    code === undefined
      ? ''
      : `<detail><e:ErpFault xmlns:e="${NAMESPACE}"><e:Code>${code}</e:Code><e:Message>${text}</e:Message>${
          field === undefined ? '' : `<e:Field>${field}</e:Field>`
        }<e:Retryable>false</e:Retryable></e:ErpFault></detail>`;
  const namespace = kind.includes(':') ? ' xmlns:wsse="urn:wsse" xmlns:wsu="urn:wsu"' : '';
  const name = kind.includes(':') ? kind : `s:${kind}`;
  return envelope(
    `<s:Fault><faultcode${namespace}>${name}</faultcode><faultstring>${text}</faultstring>${detail}</s:Fault>`,
    status,
  );
}
