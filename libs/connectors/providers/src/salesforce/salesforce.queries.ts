import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { errorOfItem, readError, UNREADABLE_ANSWER } from './salesforce.errors';
import { rowsFrom, type FoundRows, type RestLimits } from './salesforce.query';

type Row = Readonly<Record<string, unknown>>;

/** Of one composite call, which counts once: https://developer.salesforce.com/docs, "Composite Resources". */
const MOST_QUERIES = 5;

/**
 * Several statements for the price of one call, and of one more for each further page of an answer.
 * @param limits of each statement
 * @returns what each of them found, in their order
 */
export async function queryTogether(
  client: SalesforceClient,
  statements: readonly string[],
  limits: RestLimits,
): Promise<Result<readonly FoundRows[], ConnectorError>> {
  const found: FoundRows[] = [];
  for (let at = 0; at < statements.length; at += MOST_QUERIES) {
    const answered = await composite(client, statements.slice(at, at + MOST_QUERIES), limits);
    if (!answered.ok) return answered;
    found.push(...answered.value);
  }
  return ok(found);
}

async function composite(
  client: SalesforceClient,
  statements: readonly string[],
  limits: RestLimits,
): Promise<Result<readonly FoundRows[], ConnectorError>> {
  const path = `/services/data/v${client.settings.apiVersion}/query?q=`;
  const { result } = await client.call(
    (connection) =>
      connection.request<{ readonly compositeResponse?: unknown }>({
        method: 'POST',
        url: '/composite',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          compositeRequest: statements.map((soql, index) => ({
            method: 'GET',
            url: path + encodeURIComponent(soql),
            referenceId: `q${index}`,
          })),
        }),
      }),
    limits.maxPageBytes,
  );
  if (!result.ok) return result;
  const { compositeResponse: answers } = result.value;
  if (!Array.isArray(answers) || answers.length !== statements.length) return err(UNREADABLE_ANSWER);
  const found: FoundRows[] = [];
  for (const answer of answers as readonly Row[]) {
    const rows = await rowsOf(client, answer, limits);
    if (!rows.ok) return rows;
    found.push(rows.value);
  }
  return ok(found);
}

async function rowsOf(
  client: SalesforceClient,
  { httpStatusCode: status, body }: Row,
  limits: RestLimits,
): Promise<Result<FoundRows, ConnectorError>> {
  if (status !== 200) {
    const fault = Array.isArray(body) ? readError(body[0]) : null;
    return err(fault === null ? UNREADABLE_ANSWER : errorOfItem(fault));
  }
  const { records, done, nextRecordsUrl } = (body ?? {}) as Row;
  if (!Array.isArray(records)) return err(UNREADABLE_ANSWER);
  const rows = records as Row[];
  const mostRows = limits.mostRows - rows.length;
  if (done !== false || mostRows <= 0) return ok({ rows, complete: done !== false });
  const rest = await rowsFrom(client, nextRecordsUrl, { ...limits, mostRows });
  return rest.ok ? ok({ ...rest.value, rows: [...rows, ...rest.value.rows] }) : rest;
}
