import { isLosslessNumber } from 'lossless-json';
import { type ConnectorError } from '@hub/connector-sdk';
import { err, type Result } from '@hub/platform';

export type Members = Readonly<Record<string, unknown>>;

/** An object of a payload that was read without loss: its numbers are objects of their own. */
export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** What is the payload's fault: no call is made. */
export function refused(code: string, message: string, field?: string): ConnectorError {
  const fields = field === undefined || field === '' ? {} : { fields: [field] };
  return { category: 'validation', code, message, ...fields };
}

export function refuse(code: string, message: string, field?: string): Result<never, ConnectorError> {
  return err(refused(code, message, field));
}
