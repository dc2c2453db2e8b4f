import { type ConnectorError } from '@hub/connector-sdk';
import { type SealedConnectionRow } from './opened-connection.repository';

/** The vendor has ended the grant: the same question gets the same answer. */
export function isFinal(error: ConnectorError): boolean {
  return error.category === 'auth_revoked' || error.category === 'auth_expired';
}

export function refusedBefore(row: SealedConnectionRow): ConnectorError {
  return {
    category: 'auth_revoked',
    code: row.auth_error?.code ?? 'credentials_refused',
    message: row.auth_error?.message ?? 'The vendor has refused these credentials.',
  };
}

export function gone(): ConnectorError {
  return { category: 'config', code: 'connection_gone', message: 'The connection has been deleted.' };
}

export function unreadable(): ConnectorError {
  return {
    category: 'transient',
    code: 'credentials_unreadable',
    message: 'The stored credentials cannot be used at the moment.',
  };
}

export function refreshUnderWay(): ConnectorError {
  return {
    category: 'transient',
    code: 'refresh_under_way',
    message: 'Another process is refreshing these credentials and has not finished.',
  };
}
