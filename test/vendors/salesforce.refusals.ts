import { type JsonObject } from '@hub/platform';
import { type SalesforceStage } from './salesforce.fixture';

export interface Refusal {
  /** What makes the stand-in refuse; `at` are the ids of the records that were there before, by name. */
  readonly when: (stage: SalesforceStage, at: Readonly<Record<string, string>>) => Promise<unknown>;
  readonly operation?: string;
  readonly payload?: (at: Readonly<Record<string, string>>) => JsonObject | string;
  /** `<category> <code>`, and the fields where the vendor names any. */
  readonly is: string;
  readonly and?: object;
}

const WHOLE = { wholeConnection: true };
const nothing = (): Promise<void> => Promise.resolve();
const set =
  (settings: object): Refusal['when'] =>
  (stage) =>
    stage.set(settings);
const answers =
  (status: number, body: string): Refusal['when'] =>
  (stage) =>
    stage.control('POST', 'faults', {
      match: { method: 'PATCH' },
      action: { type: 'status', status, body, headers: { 'content-type': 'application/json' } },
    });
const says =
  (status: number, errorCode: string, message = 'm'): Refusal['when'] =>
  (stage, at) =>
    answers(status, JSON.stringify([{ errorCode, message }]))(stage, at);
const automation = (settings: object): Refusal['when'] =>
  set({ automations: [{ object: 'Account', name: 'Scoring', ...settings }] });
const payload = (fields: JsonObject | string): Pick<Refusal, 'payload'> => ({ payload: () => fields });
const contact = (fields: JsonObject): Pick<Refusal, 'operation' | 'payload'> => ({
  operation: 'contact.upsert',
  ...payload({ Hub_Id__c: 'c', LastName: 'L', ...fields }),
});

/** Each row of what Salesforce is known to refuse, in the order of its status. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  'a session that has ended': {
    when: (stage) => stage.control('POST', 'tokens/expire', {}),
    is: 'auth_expired INVALID_SESSION_ID',
  },
  'a session, where the host says 403': {
    when: says(403, 'INVALID_SESSION_ID'),
    is: 'auth_expired INVALID_SESSION_ID',
  },
  'the calls of the day': {
    when: set({ daily_api_limit: 5, api_usage: 5 }),
    is: 'rate_limited REQUEST_LIMIT_EXCEEDED',
    and: { retryAfterMs: 900_000 },
  },
  'too many long calls': { when: set({ background_long_calls: 5 }), is: 'concurrency REQUEST_LIMIT_EXCEEDED' },
  'an org without API': {
    when: set({ api_access: 'disabled_for_org' }),
    is: 'config API_DISABLED_FOR_ORG',
    and: WHOLE,
  },
  'a user without API': {
    when: set({ api_access: 'disabled_for_user' }),
    is: 'config API_CURRENTLY_DISABLED',
    and: WHOLE,
  },
  'what is forbidden': { when: says(403, 'FORBIDDEN'), is: 'permission FORBIDDEN' },
  'a record that is shared to read': {
    when: (stage, { here = '' }) => stage.set({ org: stage.account.orgId, read_only_records: [here] }),
    payload: ({ here = '' }) => ({ Id: here, Name: 'x' }),
    is: 'permission INSUFFICIENT_ACCESS_OR_READONLY',
  },
  'a parent that is not shared': {
    when: (stage, { here = '' }) => stage.set({ org: stage.account.orgId, hidden_records: [here] }),
    operation: 'contact.upsert',
    payload: ({ here = '' }) => ({ Hub_Id__c: 'c', LastName: 'L', AccountId: here }),
    is: 'permission INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY',
  },
  'a profile that may not create': {
    when: set({ read_only_objects: ['Account'] }),
    is: 'validation CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  },
  'an external id that several have': {
    when: async (stage) => {
      await stage.set({ unique_external_ids: false });
      await stage.seed(['a', 'b'].map((Name) => ({ attributes: { type: 'Account' }, Name, Hub_Id__c: 'new' })));
    },
    is: 'duplicate DUPLICATE_EXTERNAL_ID',
    and: { fields: ['Hub_Id__c'] },
  },
  'several by an external id': { when: answers(300, '["/a","/b"]'), is: 'duplicate MULTIPLE_CHOICES' },
  'a value that is taken': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 'x', ERP_Id__c: 'taken' }),
    is: 'duplicate DUPLICATE_VALUE',
  },
  'a duplicate rule': {
    when: set({ duplicate_rules: [{ object: 'Account', fields: ['Name'] }] }),
    ...payload({ Hub_Id__c: 'new', Name: 'HERE' }),
    is: 'duplicate DUPLICATES_DETECTED',
  },
  'a field that is missing': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new' }),
    is: 'validation REQUIRED_FIELD_MISSING',
    and: { fields: ['Name'] },
  },
  'a field that does not exist': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 'x', Nope__c: 1 }),
    is: 'validation INVALID_FIELD',
  },
  'a field of the system': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 'x', CreatedDate: '2026-01-01T00:00:00Z' }),
    is: 'validation INVALID_FIELD_FOR_INSERT_UPDATE',
    and: { fields: ['CreatedDate'] },
  },
  'a text too long': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 'x'.repeat(256) }),
    is: 'validation STRING_TOO_LONG',
    and: { fields: ['Name'] },
  },
  'a number too large': {
    when: nothing,
    ...payload('{"Hub_Id__c":"new","Name":"x","Credit_Limit__c":12345678901234567.89}'),
    is: 'validation NUMBER_OUTSIDE_VALID_RANGE',
    and: { fields: ['Credit_Limit__c'] },
  },
  'a value of no picklist': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 'x', Active__c: 'Perhaps' }),
    is: 'validation INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    and: { fields: ['Active__c'] },
  },
  'no e-mail address': {
    when: nothing,
    ...contact({ Email: 'not one' }),
    is: 'validation INVALID_EMAIL_ADDRESS',
    and: { fields: ['Email'] },
  },
  'a validation rule': {
    when: set({
      validation_rules: [{ object: 'Account', when: "Name LIKE '%!'", message: 'Do not shout', field: 'Name' }],
    }),
    ...payload({ Hub_Id__c: 'new', Name: 'Ace!' }),
    is: 'validation FIELD_CUSTOM_VALIDATION_EXCEPTION',
    and: { fields: ['Name'], message: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: Do not shout' },
  },
  'a reference to nothing': {
    when: nothing,
    ...contact({ AccountId: '001000000000001AAA' }),
    is: 'validation INVALID_CROSS_REFERENCE_KEY',
  },
  'a malformed id': {
    when: nothing,
    ...contact({ AccountId: 'abc' }),
    is: 'validation MALFORMED_ID',
    and: { fields: ['AccountId'] },
  },
  'a number for a text': {
    when: nothing,
    ...payload({ Hub_Id__c: 'new', Name: 5 }),
    is: 'validation JSON_PARSER_ERROR',
  },
  'a trigger that is broken': {
    when: automation({ meets: 'error' }),
    is: 'validation CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  },
  'a flow that is broken': {
    when: automation({ kind: 'flow', meets: 'error' }),
    is: 'validation CANNOT_EXECUTE_FLOW_TRIGGER',
  },
  'a trigger that meets a locked row': {
    when: automation({ meets: 'locked_row' }),
    is: 'transient CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY',
  },
  'a flow that meets a locked row': {
    when: automation({ kind: 'flow', meets: 'locked_row' }),
    is: 'transient CANNOT_EXECUTE_FLOW_TRIGGER',
  },
  'Apex that meets a locked row': {
    when: says(400, 'APEX_ERROR', 'System.DmlException: UNABLE_TO_LOCK_ROW'),
    is: 'transient APEX_ERROR',
  },
  'a record that is deleted': {
    when: (stage, { here = '' }) => stage.control('POST', 'touch', { object: 'Account', id: here, delete: true }),
    payload: ({ here = '' }) => ({ Id: here, Name: 'x' }),
    is: 'not_found ENTITY_IS_DELETED',
  },
  'a resource that is none': { when: says(404, 'NOT_FOUND'), is: 'not_found NOT_FOUND' },
  'a conflict': { when: answers(409, ''), is: 'stale http_409' },
  'a record that has changed': { when: says(412, 'PRECONDITION_FAILED'), is: 'stale PRECONDITION_FAILED' },
  'a call without its condition': { when: answers(428, ''), is: 'stale http_428' },
  'a version that is retired': {
    when: says(410, 'UNSUPPORTED_API_VERSION'),
    is: 'config UNSUPPORTED_API_VERSION',
    and: WHOLE,
  },
  'an address too long': { when: answers(414, ''), is: 'too_large http_414' },
  'headers too long': { when: answers(431, ''), is: 'too_large http_431' },
  'a content type': { when: says(415, 'UNSUPPORTED_MEDIA_TYPE'), is: 'config UNSUPPORTED_MEDIA_TYPE' },
  'an edge that cannot route': { when: answers(420, ''), is: 'transient http_420' },
  'the vendor’s own failure': { when: says(500, 'UNKNOWN_EXCEPTION'), is: 'transient UNKNOWN_EXCEPTION' },
  'a gateway': { when: answers(502, '<html>'), is: 'transient http_502' },
  'a server that is away': { when: says(503, 'SERVER_UNAVAILABLE'), is: 'transient SERVER_UNAVAILABLE' },
  'a query that takes too long': { when: says(400, 'QUERY_TIMEOUT'), is: 'transient QUERY_TIMEOUT' },
  'a call that takes too long': {
    when: says(503, 'REQUEST_RUNNING_TOO_LONG'),
    is: 'transient REQUEST_RUNNING_TOO_LONG',
  },
  'storage that is full': { when: set({ data_storage_mb: 0 }), is: 'config STORAGE_LIMIT_EXCEEDED' },
  'another limit': { when: says(400, 'LIMIT_EXCEEDED'), is: 'config LIMIT_EXCEEDED' },
};
