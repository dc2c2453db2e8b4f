import { type SeenRequest, type VendorAnswer } from '@hub/connector-contract-suite';

/** As much of the record API as a delivery needs. The stand-in in apps/sandbox is the faithful one. */
export class FakeNetSuite {
  /** By `type/external id`: what every write was. */
  readonly written = new Map<string, { readonly id: string; readonly bodies: string[] }>();

  readonly handle = (request: SeenRequest): VendorAnswer => {
    const url = new URL(request.url, 'http://netsuite');
    const [, type = '', key = ''] = /^\/services\/rest\/record\/v1\/(\w+)\/(.+)$/.exec(url.pathname) ?? [];
    if (url.pathname.endsWith('/suiteql'))
      return json(200, { items: [{ now: '2026-11-20 10:00:00' }], hasMore: false });
    if (type === '') return refusal(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation');
    const [name, known] = this.find(type, decodeURIComponent(key));
    switch (request.method) {
      case 'GET':
        return known === undefined ? refusal(404, 'NONEXISTENT_ID', 'No such record') : json(200, { id: known.id });
      case 'PUT':
      case 'PATCH':
        if (request.body.includes('refuse me'))
          return refusal(400, 'USER_ERROR', 'Please enter value(s)', 'companyName');
        return this.write(type, name, request);
      default:
        return refusal(405, 'METHOD_NOT_ALLOWED', 'Not here');
    }
  };

  private find(
    type: string,
    key: string,
  ): readonly [string, { readonly id: string; readonly bodies: string[] } | undefined] {
    if (key.startsWith('eid:')) {
      const name = `${type}/${key.slice(4)}`;
      return [name, this.written.get(name)];
    }
    const entry = [...this.written].find(([, { id }]) => id === key);
    return [entry?.[0] ?? '', entry?.[1]];
  }

  private write(type: string, name: string, { method, body }: SeenRequest): VendorAnswer {
    const known = this.written.get(name);
    if (known === undefined && method === 'PATCH') return refusal(404, 'NONEXISTENT_ID', 'No such record');
    const record = known ?? { id: String(this.written.size + 101), bodies: [] };
    record.bodies.push(body);
    this.written.set(name, record);
    return { status: 204, headers: { location: `http://elsewhere/services/rest/record/v1/${type}/${record.id}` } };
  }
}

export function json(status: number, body: object): VendorAnswer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/vnd.oracle.resource+json' } };
}

export function refusal(status: number, code: string, detail: string, path?: string): VendorAnswer {
  const one = { detail, ...(path === undefined ? {} : { 'o:errorPath': path }), 'o:errorCode': code };
  return json(status, { title: 'Error', status, 'o:errorDetails': [one] });
}
