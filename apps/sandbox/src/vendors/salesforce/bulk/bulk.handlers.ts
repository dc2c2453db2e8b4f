import { z } from 'zod';
import { formatDateTime } from '../data/field-values';
import { requireJsonObject, type ApiContext, type ApiReply, type ApiRequest } from '../salesforce.context';
import { reject, rejectNotFound } from '../salesforce.errors';
import { sfId18 } from '../salesforce.ids';
import { printNode } from '../salesforce.json';
import { type ApiHandler } from '../rest/sobjects';
import { type BulkJob } from './bulk-jobs';
import { DELIMITERS, printCsv } from './csv';

const MAX_UPLOAD_BYTES = 150 * 1024 * 1024;

const OPEN = z.strictObject({
  object: z.string(),
  operation: z.enum(['insert', 'update', 'upsert', 'delete']),
  externalIdFieldName: z.string().optional(),
  contentType: z.literal('CSV').default('CSV'),
  lineEnding: z.enum(['LF', 'CRLF']).default('LF'),
  columnDelimiter: z.enum(Object.keys(DELIMITERS)).default('COMMA'),
});
const CHANGE = z.strictObject({ state: z.enum(['UploadComplete', 'Aborted']) });

function read<T>(schema: z.ZodType<T>, { body }: ApiRequest): T {
  const parsed = schema.safeParse(JSON.parse(printNode(requireJsonObject(body))));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return reject(400, 'INVALIDJOB', `InvalidJob : ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

export const openJob: ApiHandler = (context, request) => {
  const wanted = read(OPEN, request);
  const { org } = context;
  const object = org.schema.object(wanted.object);
  if (!object)
    reject(400, 'INVALIDENTITY', `InvalidEntity : Entity '${wanted.object}' is not supported by the Bulk API.`);
  if (wanted.operation === 'upsert') {
    const field = object.byName.get((wanted.externalIdFieldName ?? '').toLowerCase());
    if (!field?.externalId && !field?.idLookup)
      reject(400, 'INVALIDJOB', 'InvalidJob : Field name provided, externalIdFieldName, does not match an External ID');
  } else if (wanted.externalIdFieldName !== undefined) {
    reject(400, 'INVALIDJOB', 'InvalidJob : externalIdFieldName is only valid for upsert');
  }
  const nowMs = org.stampMs();
  const job: BulkJob = {
    id: org.ids.next('750'),
    object: object.name,
    operation: wanted.operation,
    externalIdFieldName: wanted.externalIdFieldName,
    lineEnding: wanted.lineEnding,
    columnDelimiter: wanted.columnDelimiter,
    createdById: context.actorId,
    createdMs: nowMs,
    apiVersion: context.version,
    state: 'Open',
    modifiedMs: nowMs,
    uploadedMs: undefined,
    csv: undefined,
    errorMessage: undefined,
    header: [],
    successful: [],
    failed: [],
    unprocessed: [],
  };
  org.bulkJobs.jobs.set(job.id, job);
  return { status: 200, body: printJob(context, job) };
};

function requireJob({ org }: ApiContext, given: string): BulkJob {
  return org.bulkJobs.jobs.get(sfId18(given) ?? '') ?? rejectNotFound();
}

function printJob(context: ApiContext, job: BulkJob): object {
  const ended = job.state === 'JobComplete' || job.state === 'Failed';
  const spentMs = ended && job.uploadedMs !== undefined ? job.modifiedMs - job.createdMs : 0;
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: formatDateTime(job.createdMs),
    systemModstamp: formatDateTime(job.modifiedMs),
    state: job.state,
    externalIdFieldName: job.externalIdFieldName,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.apiVersion),
    ...(job.state === 'Open' ? { contentUrl: `${context.base.slice(1)}/jobs/ingest/${job.id}/batches` } : {}),
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    ...(job.uploadedMs === undefined
      ? {}
      : {
          jobType: 'V2Ingest',
          numberRecordsProcessed: job.successful.length + job.failed.length,
          numberRecordsFailed: job.failed.length,
          retries: 0,
          totalProcessingTime: spentMs,
          apiActiveProcessingTime: spentMs,
          apexProcessingTime: 0,
          errorMessage: job.errorMessage,
        }),
  };
}

export const listJobs: ApiHandler = (context) => ({
  status: 200,
  body: {
    done: true,
    records: [...context.org.bulkJobs.jobs.values()].map((job) => printJob(context, job)),
    nextRecordsUrl: null,
  },
});

export const getJob: ApiHandler = (context, _request, { job = '' }) => ({
  status: 200,
  body: printJob(context, requireJob(context, job)),
});

export const upload: ApiHandler = (context, { headers, rawBody }, { job: id = '' }) => {
  const job = requireJob(context, id);
  if (job.state !== 'Open' || job.csv !== undefined) {
    reject(
      400,
      'INVALIDJOBSTATE',
      job.csv === undefined
        ? `InvalidJobState : Job is not open: ${job.state}`
        : 'InvalidJobState : Found multiple contents for job',
    );
  }
  if (!/^text\/csv\b/i.test(headers['content-type'] ?? ''))
    reject(415, 'UNSUPPORTED_MEDIA_TYPE', 'the content type must be text/csv');
  if (rawBody.length > MAX_UPLOAD_BYTES) reject(413, 'INVALIDBATCH', 'InvalidBatch : the upload is larger than 150 MB');
  job.csv = rawBody.toString('utf8');
  return { status: 201 };
};

export const changeJob: ApiHandler = (context, request, { job: id = '' }) => {
  const { state } = read(CHANGE, request);
  const job = requireJob(context, id);
  const isAllowed =
    state === 'UploadComplete' ? job.state === 'Open' : ['Open', 'UploadComplete', 'InProgress'].includes(job.state);
  if (!isAllowed)
    reject(400, 'INVALIDJOBSTATE', `InvalidJobState : Invalid job state: ${job.state} cannot become ${state}`);
  job.state = state;
  job.modifiedMs = context.org.stampMs();
  if (state === 'UploadComplete') job.uploadedMs = context.org.clock.now();
  return { status: 200, body: printJob(context, job) };
};

export const deleteJob: ApiHandler = (context, _request, { job: id = '' }) => {
  const job = requireJob(context, id);
  if (!['UploadComplete', 'JobComplete', 'Aborted', 'Failed'].includes(job.state)) {
    reject(400, 'INVALIDJOBSTATE', `InvalidJobState : A job in state ${job.state} cannot be deleted`);
  }
  context.org.bulkJobs.jobs.delete(job.id);
  return { status: 204 };
};

function csv(job: BulkJob, columns: readonly string[], rows: readonly (readonly string[])[]): ApiReply {
  if (job.state !== 'JobComplete' && job.state !== 'Failed' && job.state !== 'Aborted') {
    reject(400, 'INVALIDJOBSTATE', `InvalidJobState : Results are not available in state ${job.state}`);
  }
  const text = printCsv(
    [[...columns, ...job.header], ...rows],
    DELIMITERS[job.columnDelimiter] ?? ',',
    job.lineEnding === 'LF' ? '\n' : '\r\n',
  );
  return { status: 200, headers: { 'content-type': 'text/csv' }, text };
}

export const successfulResults: ApiHandler = (context, _request, { job: id = '' }) => {
  const job = requireJob(context, id);
  return csv(job, ['sf__Id', 'sf__Created'], job.successful);
};

export const failedResults: ApiHandler = (context, _request, { job: id = '' }) => {
  const job = requireJob(context, id);
  return csv(job, ['sf__Id', 'sf__Error'], job.failed);
};

export const unprocessedRecords: ApiHandler = (context, _request, { job: id = '' }) => {
  const job = requireJob(context, id);
  return csv(job, [], job.unprocessed);
};
