import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SeenRequest, type VendorAnswer } from '@hub/connector-contract-suite';

type Row = Record<string, unknown>;
interface BatchItem extends Row {
  readonly bId: string;
  readonly operation: string;
}

const REALM = '4620816365012345';
const ENTITIES = ['Customer', 'Vendor', 'Item', 'Invoice', 'Payment'] as const;
/** Long ago. Seconds between two records, as wide as a stamp is fine. */
export const START_MS = Date.now() - 10 * 24 * 3_600_000;

/** A recorded answer of the vendor, scrubbed. */
export function fixture(name: string): string {
  return readFileSync(join(__dirname, 'fixtures', name), 'utf8');
}

/** As much of the accounting API as a delivery needs. The stand-in in apps/sandbox is the faithful one. */
export class FakeQuickBooks {
  readonly realmId = REALM;
  /** By entity and id. */
  readonly rows = new Map<string, Row>();
  private readonly answered = new Map<string, VendorAnswer>();
  private made = 0;

  readonly handle = (request: SeenRequest): VendorAnswer => {
    const url = new URL(request.url, 'http://quickbooks');
    const [, path = ''] = new RegExp(`^/v3/company/${REALM}(/.*)$`).exec(url.pathname) ?? [];
    if (path === '') return { status: 403, body: fixture('gateway-wrong-company.json'), headers: JSON_TYPE };
    if (path.startsWith('/companyinfo/'))
      return { status: 200, body: fixture('company-info.json'), headers: JSON_TYPE };
    if (path === '/preferences') return { status: 200, body: fixture('preferences.json'), headers: JSON_TYPE };
    if (path === '/query') return this.query(request.body);
    if (request.method === 'GET') return this.read(path);
    const requestId = url.searchParams.get('requestid');
    const known = requestId === null ? undefined : this.answered.get(requestId);
    if (known !== undefined) return known;
    const answer = path === '/batch' ? this.batch(request.body) : this.save(path.slice(1), request.body);
    if (requestId !== null) this.answered.set(requestId, answer);
    return answer;
  };

  /** Puts a record in as somebody else would. */
  insert(entity: string, row: Row): Row {
    const stamp = new Date(START_MS + ++this.made * 1000).toISOString().replace('.000Z', '-00:00');
    const Id = String(this.made);
    const saved = { ...row, Id, SyncToken: '0', MetaData: { CreateTime: stamp, LastUpdatedTime: stamp } };
    this.rows.set(`${entity} ${Id}`, saved);
    return saved;
  }

  of(entity: string): Row[] {
    return [...this.rows].flatMap(([key, row]) => (key.startsWith(`${entity} `) ? [row] : []));
  }

  /** Request ids are kept for as long as the vendor likes. */
  forgetRequests(): void {
    this.answered.clear();
  }

  /** Records of one second come in any order. */
  moveLast(entity: string, id: string): void {
    const key = `${entity} ${id}`;
    const row = this.rows.get(key);
    if (row === undefined) throw new Error(`no ${key}`);
    this.rows.delete(key);
    this.rows.set(key, row);
  }

  private batch(body: string): VendorAnswer {
    const { BatchItemRequest: items } = JSON.parse(body) as { BatchItemRequest: readonly BatchItem[] };
    return json(200, {
      BatchItemResponse: items.map(({ bId, operation: _operation, ...members }) => {
        const [entity = '', row] = Object.entries(members)[0] ?? [];
        return { bId, ...this.write(entity, row as Row) };
      }),
    });
  }

  private read(path: string): VendorAnswer {
    const [, name, id = ''] = path.split('/');
    const entity = ENTITIES.find((known) => known.toLowerCase() === name) ?? '';
    const row = this.rows.get(`${entity} ${id}`);
    return row === undefined
      ? json(400, fault('610', 'Object Not Found', 'Object Not Found : gone', ''))
      : json(200, { [entity]: row });
  }

  private save(path: string, body: string): VendorAnswer {
    const entity = ENTITIES.find((name) => name.toLowerCase() === path);
    if (entity === undefined) return { status: 500, body: fixture('unsupported-operation.json'), headers: JSON_TYPE };
    const answer = this.write(entity, JSON.parse(body) as Row);
    return json('Fault' in answer ? 400 : 200, answer);
  }

  private write(entity: string, row: Row): Row {
    if (JSON.stringify(row).includes('refuse me')) {
      return fault('2040', 'Invalid String', 'Invalid String : refuse me', 'DisplayName');
    }
    const taken = this.of(entity).some(
      ({ DisplayName }) => DisplayName !== undefined && DisplayName === row['DisplayName'],
    );
    if (taken && row['Id'] === undefined) return fault('6240', 'Duplicate Name Exists Error', 'The name is taken.', '');
    if (row['Id'] === undefined) return { [entity]: this.insert(entity, row) };
    const key = `${entity} ${row['Id'] as string}`;
    const current = this.rows.get(key);
    if (current === undefined) return fault('610', 'Object Not Found', 'Object Not Found : it is gone', '');
    if (current['SyncToken'] !== row['SyncToken']) return JSON.parse(fixture('stale-object.json')) as Row;
    const saved = { ...current, ...row, SyncToken: String(Number(row['SyncToken']) + 1) };
    this.rows.set(key, saved);
    return { [entity]: saved };
  }

  /** `SELECT … FROM x [WHERE a op 'v' [AND …]] [ORDERBY f [DESC]] [STARTPOSITION n] [MAXRESULTS n]`, nothing else. */
  private query(statement: string): VendorAnswer {
    const clauses =
      /^SELECT .* FROM (\w+)(?: WHERE (.*?))?(?: ORDERBY ([\w.]+)( DESC)?)?(?: STARTPOSITION (\d+))?(?: MAXRESULTS (\d+))?$/s.exec(
        statement,
      );
    const [, entity = '', where = '', order, descending, start = '1', most = '100'] = clauses ?? [];
    if (entity === '') return json(400, fault('4000', 'Error parsing query', 'QueryParserError', ''));
    const found = this.of(entity).filter((row) =>
      [...where.matchAll(/([\w.]+) (>=|<=|=) '((?:[^'\\]|\\.)*)'/g)].every(([, name = '', operator, text = '']) =>
        holds(valueOf(row, name), operator ?? '=', text.replace(/\\(.)/g, '$1')),
      ),
    );
    const ids = /(?:^| )Id IN \(([^)]*)\)/.exec(where)?.[1];
    const wanted = ids === undefined ? found : found.filter(({ Id }) => ids.includes(`'${String(Id)}'`));
    if (order !== undefined) {
      const sign = descending === undefined ? 1 : -1;
      wanted.sort((a, b) => {
        const [left, right] = [comparable(valueOf(a, order)), comparable(valueOf(b, order))];
        return left === right ? 0 : left < right ? -sign : sign;
      });
    }
    const page = wanted.slice(Number(start) - 1, Number(start) - 1 + Number(most));
    return json(200, { QueryResponse: page.length === 0 ? {} : { [entity]: page, startPosition: Number(start) } });
  }
}

function valueOf(row: Row, path: string): unknown {
  const value = path.split('.').reduce<unknown>((inner, name) => (inner as Row | undefined)?.[name], row);
  return typeof value === 'object' && value !== null ? (value as Row)['value'] : value;
}

function comparable(value: unknown): number | string {
  const text = String(value);
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? text : ms;
}

function holds(value: unknown, operator: string, text: string): boolean {
  const [left, right] = [comparable(value), comparable(text)];
  return operator === '=' ? left === right : operator === '>=' ? left >= right : left <= right;
}

const JSON_TYPE = { 'content-type': 'application/json;charset=UTF-8' };

export function json(status: number, body: object): VendorAnswer {
  return { status, body: JSON.stringify(body), headers: JSON_TYPE };
}

export function fault(code: string, message: string, detail: string, element: string): Row {
  return { Fault: { Error: [{ Message: message, Detail: detail, code, element }], type: 'ValidationFault' } };
}
