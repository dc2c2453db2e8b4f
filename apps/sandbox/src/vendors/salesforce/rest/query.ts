import { type ApiReply, type ApiContext, type ApiRequest } from '../salesforce.context';
import { reject } from '../salesforce.errors';
import { parseSoql } from '../soql/soql-parser';
import { runSoql } from '../soql/soql-engine';
import { type QueryRows } from '../soql/query-cursors';
import { type ApiHandler } from './sobjects';

const MIN_PAGE = 200;
const MAX_PAGE = 2_000;

export const query: ApiHandler = (context, request) => firstPage(context, request, false);
export const queryAll: ApiHandler = (context, request) => firstPage(context, request, true);

function firstPage(context: ApiContext, { query: parameters, headers }: ApiRequest, includeDeleted: boolean): ApiReply {
  const text = parameters.get('q');
  if (text === null || text.trim() === '') reject(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const soql = parseSoql(text);
  const { total, rows } = runSoql(context, soql, includeDeleted);
  const pageSize = Math.min(readBatchSize(headers['sforce-query-options']), context.org.settings.queryPageSize);
  return page(context, { total, rows, pageSize }, undefined, 0);
}

export const queryMore: ApiHandler = (context, _request, { locator = '' }) => {
  const { id, offset, rows } = context.org.cursors.get(locator, context.org.clock.now());
  return page(context, rows, id, offset);
};

function page(context: ApiContext, result: QueryRows, cursorId: string | undefined, offset: number): ApiReply {
  const { org, base } = context;
  const { total, rows, pageSize } = result;
  const end = offset + pageSize;
  const done = end >= rows.length;
  const id = done ? cursorId : (cursorId ?? org.cursors.add(result, org.clock.now()));
  const next = done ? {} : { nextRecordsUrl: `${base}/query/${id ?? ''}-${end}` };
  return { status: 200, body: { totalSize: total, done, ...next, records: rows.slice(offset, end) } };
}

/** `Sforce-Query-Options: batchSize=500`. A hint: values out of range are moved into it. */
function readBatchSize(header: string | undefined): number {
  const size = /(?:^|,)\s*batchSize\s*=\s*(\d{1,6})\s*(?:,|$)/i.exec(header ?? '')?.[1];
  return size === undefined ? MAX_PAGE : Math.min(MAX_PAGE, Math.max(MIN_PAGE, Number(size)));
}
