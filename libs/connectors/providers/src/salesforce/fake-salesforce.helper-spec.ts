import { parse as parseLossless, stringify } from 'lossless-json';
import { type SeenRequest, type VendorAnswer } from '@hub/connector-contract-suite';
import describeAccount from './fixtures/describe-account.json';
import describeGlobal from './fixtures/describe-global.json';

type Row = Record<string, unknown>;
const BASE = '/services/data/v62.0';
const SESSION_EXPIRED = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];

/** The few calls of Salesforce that the connector makes, answered with recorded shapes. A whole org is in the sandbox app. */
export class FakeSalesforce {
  /** By object, then record id. */
  readonly rows = new Map<string, Map<string, Row>>();
  accessToken = 'canary-access-token';
  refreshToken = 'canary-refresh-token';
  /** What the token endpoint adds to or changes in its answer. */
  tokenAnswer: Row = {};
  tokenError: VendorAnswer | null = null;
  private nextId = 1;

  constructor(private readonly originOf: () => string) {}

  /** A record that was there before. */
  insert(object: string, row: Row): string {
    const id = `001dM0000${String(this.nextId++).padStart(6, '0')}QAW`;
    this.table(object).set(id, { ...row, Id: id });
    return id;
  }

  find(object: string, field: string, value: string): Row[] {
    const wanted = value.toLowerCase();
    return [...this.table(object).values()].filter(
      (row) => row[field] !== undefined && String(row[field] as string | number).toLowerCase() === wanted,
    );
  }

  handle = (request: SeenRequest): VendorAnswer => {
    if (request.url === '/services/oauth2/token') return this.token(request);
    const answer = this.authorized(request);
    return { ...answer, headers: { 'sforce-limit-info': 'api-usage=73/15000', ...answer.headers } };
  };

  private authorized(request: SeenRequest): VendorAnswer {
    if (request.headers.authorization !== `Bearer ${this.accessToken}`) return json(401, SESSION_EXPIRED);
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    const route = `${request.method} ${pathname}`;
    if (route === `GET ${BASE}/limits`) return json(200, { DailyApiRequests: { Max: 15000, Remaining: 14927 } });
    if (route === `GET ${BASE}/query`) return this.query(searchParams.get('q') ?? '');
    if (route === `GET ${BASE}/sobjects`) return json(200, describeGlobal);
    if (route === `GET ${BASE}/sobjects/Account/describe`) return json(200, describeAccount);
    const upsert = /^PATCH (\S+)\/composite\/sobjects\/(\w+)\/(\w+)$/.exec(route);
    if (upsert?.[1] === BASE) return this.collection(request, (row) => this.upsert(upsert[2]!, upsert[3]!, row));
    if (route === `PATCH ${BASE}/composite/sobjects`) return this.collection(request, (row) => this.update(row));
    return json(404, [{ errorCode: 'NOT_FOUND', message: 'The requested resource does not exist' }]);
  }

  private token({ body }: SeenRequest): VendorAnswer {
    if (this.tokenError !== null) return this.tokenError;
    const form = new URLSearchParams(body);
    const known =
      form.get('client_secret') === 'canary-client-secret' && form.get('refresh_token') === this.refreshToken;
    if (!known) return json(400, { error: 'invalid_grant', error_description: 'expired access/refresh token' });
    this.accessToken = `${this.accessToken}-2`;
    return json(200, {
      access_token: this.accessToken,
      instance_url: this.originOf(),
      id: 'https://login.salesforce.com/id/00Dx0000000BV7zMAG/005x00000012Q9PAAU',
      token_type: 'Bearer',
      issued_at: '1278448384422',
      ...this.tokenAnswer,
    });
  }

  private collection({ body }: SeenRequest, apply: (row: Row) => Row): VendorAnswer {
    const { allOrNone, records } = parseLossless(body) as { allOrNone: boolean; records: Row[] };
    if (allOrNone || records.length > 200)
      return json(400, [{ errorCode: 'EXCEEDED_ID_LIMIT', message: 'record limit reached' }]);
    return { status: 200, body: stringify(records.map(apply)) ?? '' };
  }

  private upsert(object: string, field: string, { attributes, ...row }: Row): Row {
    if ((attributes as Row | undefined)?.type !== object) return failed('INVALID_TYPE', 'attributes are missing');
    const refused = refusal(row);
    if (refused !== null) return refused;
    const existing = this.find(object, field, String(row[field]));
    if (existing.length > 1) return failed('MULTIPLE_CHOICES', 'several records');
    if (existing.length === 1) {
      Object.assign(existing[0]!, row);
      return { id: existing[0]!.Id, success: true, errors: [], created: false };
    }
    return { id: this.insert(object, row), success: true, errors: [], created: true };
  }

  private update({ attributes, ...row }: Row): Row {
    const existing = this.table((attributes as { type: string }).type).get(String(row.Id));
    if (existing === undefined) return failed('ENTITY_IS_DELETED', 'entity is deleted');
    const refused = refusal(row);
    if (refused !== null) return refused;
    Object.assign(existing, row);
    return { id: existing.Id, success: true, errors: [] };
  }

  private query(soql: string): VendorAnswer {
    if (soql === 'SELECT Id, Name FROM Organization') {
      return json(200, { totalSize: 1, done: true, records: [{ Id: '00Dx0000000BV7zMAG', Name: 'Acme' }] });
    }
    const [, field, object, list] = /^SELECT Id, (\w+) FROM (\w+) WHERE \w+ IN \((.*)\)$/.exec(soql) ?? [];
    if (list === undefined) return json(400, [{ errorCode: 'MALFORMED_QUERY', message: soql }]);
    const values = [...list.matchAll(/'((?:[^'\\]|\\.)*)'|([\d.]+)/g)].map(
      ([, text, number]) => number ?? text!.replace(/\\(.)/g, '$1'),
    );
    const records = values
      .flatMap((value) => this.find(object!, field!, value))
      .map((row) => ({ Id: row.Id, [field!]: row[field!] }));
    return { status: 200, body: stringify({ totalSize: records.length, done: true, records }) ?? '' };
  }

  private table(object: string): Map<string, Row> {
    let table = this.rows.get(object);
    if (table === undefined) this.rows.set(object, (table = new Map()));
    return table;
  }
}

function refusal(row: Row): Row | null {
  if (row.Name === 'refuse me')
    return failed('REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', ['LastName']);
  if (row.Name === 'locked')
    return failed('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY', 'trigger: UNABLE_TO_LOCK_ROW, unable to obtain');
  return null;
}

function failed(statusCode: string, message: string, fields: readonly string[] = []): Row {
  return { success: false, errors: [{ statusCode, message, fields }] };
}

export function json(status: number, body: unknown): VendorAnswer {
  return { status, body: JSON.stringify(body) };
}
