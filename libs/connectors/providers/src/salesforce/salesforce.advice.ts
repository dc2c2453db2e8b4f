import { type CodeAdvice } from '@hub/connector-sdk';

const MEND_AND_REPLAY = 'Let the mapping give another value, publish it, and replay with mapping "current".';

/** https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm */
export const ADVICE: Readonly<Record<string, CodeAdvice>> = {
  REQUIRED_FIELD_MISSING: {
    title: 'required field missing',
    explanation: 'The org needs a field that was not sent; the message names it.',
    action: 'Let the mapping fill it, publish it, and replay with mapping "current".',
  },
  DUPLICATES_DETECTED: {
    title: 'duplicate rule',
    explanation: 'A duplicate rule of the org found a record that looks the same.',
    action:
      'Link or merge the two records in Salesforce, or, where the rule only alerts, let the connection save in spite of it (allow_duplicates); then replay.',
  },
  DUPLICATE_VALUE: {
    title: 'value already taken',
    explanation: 'Another record has the same value in a field that must be unique, often the external id.',
    action: 'Correct the other record in Salesforce, or let the mapping make the value unique; then replay.',
  },
  MULTIPLE_CHOICES: {
    title: 'external id not unique',
    explanation: 'More than one record has this external id, so Salesforce cannot know which one is meant.',
    action: 'Make the external id unique in Salesforce (mark the field as unique), then replay.',
  },
  STRING_TOO_LONG: {
    title: 'text too long',
    explanation: 'A text is longer than its field; the message names the field and its length.',
    action: 'Let the mapping cut it, publish it, and replay with mapping "current".',
  },
  FIELD_CUSTOM_VALIDATION_EXCEPTION: {
    title: 'validation rule',
    explanation: 'A validation rule of the org refused the record; the message is the rule’s own.',
    action:
      'Correct the data or the mapping, or let an administrator exempt the hub’s user from the rule; then replay.',
  },
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: {
    title: 'value not in the picklist',
    explanation: 'The field takes only the values of its picklist.',
    action: `Add the value in Salesforce, or: ${MEND_AND_REPLAY}`,
  },
  INVALID_FIELD: {
    title: 'field unknown',
    explanation: 'The object has no such field, or the hub’s user may not see it.',
    action: `Let an administrator grant the user access to the field, or: ${MEND_AND_REPLAY}`,
  },
  INVALID_CROSS_REFERENCE_KEY: {
    title: 'reference not found',
    explanation: 'A record that this one points at does not exist, or the hub’s user may not see it.',
    action: 'Deliver or create that record first, or grant access to it; then replay.',
  },
  ENTITY_IS_DELETED: {
    title: 'record deleted',
    explanation: 'The record is in the recycle bin of the org.',
    action: 'Restore it there and replay. If it was deleted on purpose, cancel the delivery.',
  },
  INSUFFICIENT_ACCESS_OR_READONLY: {
    title: 'not permitted',
    explanation: 'The hub’s user may not change this record.',
    action: 'Let an administrator grant the user edit access to the object and the record, then replay.',
  },
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: {
    title: 'related record not permitted',
    explanation: 'A record that this one points at exists, but is not shared with the hub’s user.',
    action: 'Let an administrator share it with the user, then replay.',
  },
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: {
    title: 'refused by a trigger',
    explanation: 'A trigger of the org failed, or the hub’s user may not create such records; the message says which.',
    action: 'Let an administrator correct the trigger or grant the permission, then replay.',
  },
  CANNOT_EXECUTE_FLOW_TRIGGER: {
    title: 'refused by a flow',
    explanation: 'A flow of the org failed while it handled the record; the message names it.',
    action: 'Let an administrator correct the flow, then replay.',
  },
  API_DISABLED_FOR_ORG: {
    title: 'API switched off',
    explanation: 'The org’s edition has no API, or it was switched off: no call is answered.',
    action:
      'Let an administrator switch it on. Deliveries go on by themselves; what has become a dead letter is replayed.',
  },
  API_CURRENTLY_DISABLED: {
    title: 'API not permitted',
    explanation: 'The hub’s user has lost the permission “API Enabled”: no call is answered.',
    action: 'Let an administrator grant it. Deliveries go on by themselves; what has become a dead letter is replayed.',
  },
  other_currency: {
    title: 'other currency',
    explanation: 'The org has one currency, and the price of the product is in another one.',
    action: 'Correct “Currency” in the settings of the connection if it is not the org’s, or the price at its source.',
  },
  STORAGE_LIMIT_EXCEEDED: {
    title: 'storage full',
    explanation: 'The org has used up its data storage.',
    action: 'Let an administrator free or buy storage, then replay.',
  },
};
