import { allowParameters, collectionBody, COLLECTION, isObject, pageOf } from '../netsuite.context';
import { reject } from '../netsuite.errors';
import { type ApiHandler } from '../rest/records';
import { MAX_ROWS, runQuery } from './engine';

/** `POST /services/rest/query/v1/suiteql` */
export const suiteql: ApiHandler = (context, { query, headers, body }) => {
  const { account, user, base } = context;
  const preferences = (headers.prefer ?? '').split(',').map((preference) => preference.trim().toLowerCase());
  if (!preferences.includes('transient')) {
    reject(
      400,
      'INVALID_HEADER',
      "The required request header 'Prefer' is missing or invalid. Set it to 'transient'.",
      {
        header: 'Prefer',
      },
    );
  }
  if (!account.settings.suiteQlPermission && !user.isAdministrator) {
    reject(
      403,
      'INSUFFICIENT_PERMISSION',
      "Permission Violation: You need the 'SuiteAnalytics Workbook' permission to access this page. Please contact your account administrator.",
    );
  }
  allowParameters(query, ['limit', 'offset']);
  const page = pageOf(query);
  const content = isObject(body) ? body : {};
  const unknown = Object.keys(content).find((name) => name !== 'q');
  if (typeof content.q !== 'string' || unknown !== undefined) {
    reject(400, 'INVALID_CONTENT', 'Invalid content in the request body.', { path: unknown ?? 'q' });
  }
  if (page.offset >= MAX_ROWS) {
    reject(400, 'INVALID_PARAMETER', `The offset must be lower than ${MAX_ROWS}.`, { queryParam: 'offset' });
  }
  const rows = runQuery(context, content.q);
  const items = rows.slice(page.offset, page.offset + page.limit).map((row) => ({ links: [], ...row }));
  return {
    status: 200,
    headers: { 'content-type': COLLECTION },
    body: collectionBody(`${base}/query/v1/suiteql`, query, page, items, rows.length),
  };
};
