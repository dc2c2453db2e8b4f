import { type ConnectorError } from '@hub/connector-sdk';
import { err, ok, type Result } from '@hub/platform';
import { type SalesforceClient } from './salesforce.client';
import { errorOfItem, readError, UNREADABLE_ANSWER } from './salesforce.errors';

type Row = Readonly<Record<string, unknown>>;

/** Of one composite call, which counts once: https://developer.salesforce.com/docs, "Composite Resources". */
const MOST_QUERIES = 5;

/**
 * Several statements for the price of one call. Only the first page of each answer is read.
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
    const found = rowsOf(answer);
    if (!found.ok) return found;
    rows.push(...found.value);
  }
  return ok(rows);
}

function rowsOf({ httpStatusCode: status, body }: Row): Result<readonly Row[], ConnectorError> {
  if (status !== 200) {
    const fault = Array.isArray(body) ? readError(body[0]) : null;
    return err(fault === null ? UNREADABLE_ANSWER : errorOfItem(fault));
  }
  const records = (body as { readonly records?: unknown } | null)?.records;
  return Array.isArray(records) ? ok(records as Row[]) : err(UNREADABLE_ANSWER);
}
