import { type Result } from '@hub/platform';
import { type MappingError } from '../mapping-engine.types';

/**
 * `ok` and `err` of the platform library, without it: these files run in the child, which may read this library's folder
 * alone and must not pay for a logger at every start.
 */
export function success<T>(value: T): Result<T, MappingError> {
  return { ok: true, value };
}

export function failure(error: MappingError): { readonly ok: false; readonly error: MappingError } {
  return { ok: false, error };
}
