import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { errorOfItem, readError, UNREADABLE_ANSWER } from './salesforce.errors';
import { rowsFrom } from './salesforce.query';

type Row = Readonly<Record<string, unknown>>;

/** Of one composite call, which counts once: https://developer.salesforce.com/docs, "Composite Resources". */
const MOST_QUERIES = 5;

/**
 * Several statements for the price of one call, and of one more for each further page of an answer.
 * @param maxResponseBytes of one call
 */
export async function queryTogether(
  client: SalesforceClient,
  statements: readonly string[],
  maxResponseBytes: number,
): Promise<Result<readonly Row[], ConnectorError>> {
  const rows: Row[] = [];
  for (let at = 0; at < statements.length; at += MOST_QUERIES) {
    const answered = await composite(client, statements.slice(at, at + MOST_QUERIES), maxResponseBytes);
    if (!answered.ok) return answered;
    rows.push(...answered.value);
  }
  return ok(rows);
}

async function composite(
  client: SalesforceClient,
  statements: readonly string[],
  maxResponseBytes: number,
): Promise<Result<readonly Row[], ConnectorError>> {
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
    maxResponseBytes,
  );
  if (!result.ok) return result;
  const { compositeResponse: answers } = result.value;
  if (!Array.isArray(answers) || answers.length !== statements.length) return err(UNREADABLE_ANSWER);
  const rows: Row[] = [];
  for (const answer of answers as readonly Row[]) {
    const found = await rowsOf(client, answer);
    if (!found.ok) return found;
    rows.push(...found.value);
  }
  return ok(rows);
}

async function rowsOf(
  client: SalesforceClient,
  { httpStatusCode: status, body }: Row,
): Promise<Result<readonly Row[], ConnectorError>> {
  if (status !== 200) {
    const fault = Array.isArray(body) ? readError(body[0]) : null;
    return err(fault === null ? UNREADABLE_ANSWER : errorOfItem(fault));
  }
  const { records, done, nextRecordsUrl } = (body ?? {}) as Row;
  if (!Array.isArray(records)) return err(UNREADABLE_ANSWER);
  if (done !== false) return ok(records as Row[]);
  const rest = await rowsFrom(client, nextRecordsUrl);
  return rest.ok ? ok([...(records as Row[]), ...rest.value]) : rest;
}
