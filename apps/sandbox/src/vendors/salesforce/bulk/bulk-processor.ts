import { deleteRecord, insertRecord, requireRecord, updateRecord } from '../data/record-writer';
import { checkField, readField } from '../data/field-values';
import { findByKey } from '../rules/user-access';
import { NO_DUPLICATE_RULE_HEADER, type ApiContext } from '../salesforce.context';
import { reject, Rejection } from '../salesforce.errors';
import { type JsonNode, type JsonObjectNode } from '../salesforce.json';
import { type SalesforceOrg } from '../salesforce.org';
import { type SchemaObject } from '../schema/org-schema';
import { type BulkJob } from './bulk-jobs';
import { DELIMITERS, parseCsv } from './csv';

const ROWS_PER_BATCH = 10_000;
const AT = { line: 1, column: 1 };

/** Moves every job to where it ought to be by the vendor's clock; its rows are worked off on the way to JobComplete. */
export function advanceBulkJobs(org: SalesforceOrg): void {
  const { bulkStepMs } = org.settings;
  for (const job of org.bulkJobs.jobs.values()) {
    if (job.uploadedMs === undefined) continue;
    const waitedMs = org.clock.now() - job.uploadedMs;
    if (job.state === 'UploadComplete' && waitedMs >= bulkStepMs) begin(org, job);
    if (job.state === 'InProgress') process(org, job, waitedMs >= bulkStepMs * 2 ? 1 : waitedMs / bulkStepMs - 1);
    if (job.state !== 'Aborted')
      job.modifiedMs = Math.max(job.modifiedMs, Math.min(org.stampMs(), job.uploadedMs + bulkStepMs * 2));
  }
}

function begin(org: SalesforceOrg, job: BulkJob): void {
  const fail = (message: string): void => {
    job.state = 'Failed';
    job.errorMessage = message;
  };
  const csv = job.csv ?? '';
  const usesCrLf = /\r\n/.test(csv);
  if (usesCrLf !== (job.lineEnding === 'CRLF') && /\n/.test(csv)) {
    return fail(
      `ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is ${job.lineEnding}`,
    );
  }
  const [header, ...rows] = parseCsv(csv, DELIMITERS[job.columnDelimiter] ?? ',') ?? [];
  const object = org.schema.object(job.object);
  if (!header || !object) return fail('InvalidBatch : Unable to parse the CSV data');
  job.header = header;
  job.unprocessed = rows;
  const unknown = header.find((name) => !isKnownColumn(object, name));
  if (unknown !== undefined) return fail(`InvalidBatch : Field name not found : ${unknown}`);
  org.bulkJobs.batchesUsed += Math.ceil(rows.length / ROWS_PER_BATCH);
  job.state = 'InProgress';
}

/** @param share of all rows that is done by now: what is left when the job is aborted stays undone */
function process(org: SalesforceOrg, job: BulkJob, share: number): void {
  const object = org.schema.object(job.object);
  if (!object) return;
  const context: ApiContext = {
    org,
    actorId: job.createdById,
    requestId: -1,
    base: '',
    version: job.apiVersion,
    // Bulk jobs have no such header: a rule that alerts is a refusal there.
    duplicateRules: NO_DUPLICATE_RULE_HEADER,
    heldRows: false,
  };
  const done = job.successful.length + job.failed.length;
  const rows = job.unprocessed.slice(0, Math.floor((done + job.unprocessed.length) * share) - done);
  const columns = job.header.map(columnOf);
  for (const row of rows) runRow(context, job, object, columns, row);
  job.unprocessed = job.unprocessed.slice(rows.length);
  if (rows.length > 0) org.store.commit();
  if (share === 1) job.state = 'JobComplete';
}

function isKnownColumn(object: SchemaObject, name: string): boolean {
  const [first = '', key] = name.toLowerCase().split('.');
  return key === undefined ? object.byName.has(first) : object.byRelationship.has(first);
}

function runRow(
  context: ApiContext,
  job: BulkJob,
  object: SchemaObject,
  columns: readonly Column[],
  row: readonly string[],
): void {
  const { store } = context.org;
  const savepoint = store.savepoint();
  try {
    if (row.length !== job.header.length) {
      reject(
        400,
        'InvalidBatch',
        `InvalidBatch : The number of columns (${row.length}) does not match the header (${job.header.length})`,
      );
    }
    const { id, created } = write(context, job, object, toNode(columns, row));
    job.successful.push([id, String(created), ...row]);
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    store.rollback(savepoint);
    job.failed.push(['', printProblem(error), ...row]);
  }
}

/** `CODE:words:Field --`, and `CODE:words:--` without a field. */
function printProblem({ items: [item] }: Rejection): string {
  const fields = (item?.fields ?? []).map((field) => `${field} `).join('');
  return `${item?.errorCode ?? ''}:${item?.message ?? ''}:${fields}--`;
}

/** A column of the header; with a key, `Account.ERP_Id__c`, it names a parent by it. */
interface Column {
  readonly name: string;
  readonly key: string | undefined;
}

function columnOf(header: string): Column {
  const [first = '', key] = header.split('.');
  return { name: key === undefined ? header : first, key };
}

/** An empty cell leaves the field alone, `#N/A` clears it. */
function toNode(columns: readonly Column[], row: readonly string[]): JsonObjectNode {
  const members: (readonly [string, JsonNode])[] = [];
  for (const [index, { name, key }] of columns.entries()) {
    const text = row[index] ?? '';
    if (text === '') continue;
    const value: JsonNode = text === '#N/A' ? { ...AT, kind: 'null' } : { ...AT, kind: 'string', text };
    members.push([name, key === undefined ? value : { ...AT, kind: 'object', members: [[key, value]] }]);
  }
  return { ...AT, kind: 'object', members };
}

function write(
  context: ApiContext,
  job: BulkJob,
  object: SchemaObject,
  node: JsonObjectNode,
): { id: string; created: boolean } {
  const cell = (name: string): string => {
    const value = node.members.find(([given]) => given.toLowerCase() === name.toLowerCase())?.[1];
    return value?.kind === 'string' ? value.text : reject(400, 'MISSING_ARGUMENT', `${name} not specified`, []);
  };
  if (job.operation === 'insert') return { id: insertRecord(context, object, node).id, created: true };
  if (
    job.operation === 'upsert' &&
    job.externalIdFieldName !== undefined &&
    job.externalIdFieldName.toLowerCase() !== 'id'
  ) {
    return upsertRow(context, object, node, job.externalIdFieldName, cell);
  }
  const record = requireRecord(context, object, cell('Id'));
  if (job.operation === 'delete') deleteRecord(context, object, record);
  else updateRecord(context, object, record, node, new Set(['id']));
  return { id: record.id, created: false };
}

function upsertRow(
  context: ApiContext,
  object: SchemaObject,
  node: JsonObjectNode,
  keyName: string,
  cell: (name: string) => string,
): { id: string; created: boolean } {
  const field = object.byName.get(keyName.toLowerCase());
  if (!field) return reject(400, 'INVALID_FIELD', `No such column '${keyName}' on sobject of type ${object.name}`);
  const value = readField(field, { ...AT, kind: 'string', text: cell(keyName) });
  const problem = checkField(field, value);
  if (typeof value !== 'string' || problem) throw new Rejection(400, problem ? [problem] : []);
  const [found, second] = findByKey(context, object.name, field, value);
  if (second)
    return reject(400, 'DUPLICATE_EXTERNAL_ID', `${field.label}: more than one record found for external id field`, [
      field.name,
    ]);
  // jsforce adds an empty Id column to an upsert: empty is absent, anything else is refused by the reader.
  if (!found) return { id: insertRecord(context, object, node, { field, value }).id, created: true };
  updateRecord(context, object, found, node, new Set([field.name.toLowerCase()]));
  return { id: found.id, created: false };
}
