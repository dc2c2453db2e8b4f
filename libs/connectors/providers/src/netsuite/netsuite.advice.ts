import { type CodeAdvice } from '@hub/connector-sdk';

/** Codes of the REST API's `o:errorCode`. */
export const ADVICE: Readonly<Record<string, CodeAdvice>> = {
  UNIQUE_CUST_ID_REQD: {
    title: 'duplicate name',
    explanation: 'Another customer has this id or name, and the account wants them unique.',
    action:
      'Link the two customers, or rename one of them in NetSuite, or let the mapping make it unique; then replay.',
  },
  INSUFFICIENT_PERMISSION: {
    title: 'not permitted',
    explanation: 'The role of the hub’s user lacks the permission that the message names.',
    action: 'Let an administrator add it to the role in NetSuite, then replay.',
  },
  NONEXISTENT_ID: {
    title: 'record not found',
    explanation: 'The record, or one that it points at, is not in the account.',
    action: 'Deliver or create that record first, then replay.',
  },
  INVALID_KEY_OR_REF: {
    title: 'reference not found',
    explanation: 'A record that this one points at is not in the account, or not in this subsidiary.',
    action: 'Deliver or create it there, or correct the reference in the mapping; then replay.',
  },
  FEATURE_DISABLED: {
    title: 'feature switched off',
    explanation: 'The record needs a feature that is switched off in the account.',
    action: 'Let an administrator enable it (Setup, Company, Enable Features), then replay.',
  },
  RCRD_HAS_BEEN_CHANGED: {
    title: 'record changed meanwhile',
    explanation: 'Something else in NetSuite, often a script or a workflow, changed the record each time.',
    action: 'Find out what writes the record at the same time, then replay.',
  },
};
