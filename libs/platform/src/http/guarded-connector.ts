import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressGuard } from './ssrf-guard';
import { type TlsConnectOptions } from './tls-agents';

/** Resolves a name to all its addresses. Replaceable so that tests can play a hostile name server. */
export type ResolveAll = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void;

const resolveWithSystem: ResolveAll = (hostname, callback) =>
  systemLookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []));

/** The message names the host alone: telling what it resolved to would let a tenant map the inner network. */
class BlockedAddressError extends Error {
  readonly code = 'HUB_BLOCKED_ADDRESS';

  constructor(hostname: string) {
    super(`The address of ${hostname} is not open to outbound calls`);
  }
}

/**
 * Connector for undici that checks the address in the very lookup whose answer the socket connects to, so that
 * a name which resolves differently the second time (DNS rebinding) gains nothing. Names that mix open and closed
 * addresses keep only their open ones. The remote address is checked once more after the connect.
 */
export function createGuardedConnector(
  guard: AddressGuard,
  connectTimeoutMs: number,
  resolveAll: ResolveAll = resolveWithSystem,
  tls: TlsConnectOptions = {},
): buildConnector.connector {
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolveAll(hostname, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const open = addresses.filter(({ address }) => guard.isAllowed(address));
      const first = open[0];
      if (first === undefined) return callback(new BlockedAddressError(hostname), '', 0);
      if (options.all === true) callback(null, [...open]);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup, ...tls });

  return (options, callback) => {
    // Sockets skip the lookup for IP literals. The URL parser has turned odd forms (0x7f000001) into plain ones.
    const literal = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0 && !guard.isAllowed(literal)) {
      callback(new BlockedAddressError(literal), null);
      return;
    }
    connect({ ...options, hostname: literal }, (...[error, socket]) => {
      if (error !== null) return callback(error, null);
      if (reachedClosedAddress(guard, socket)) {
        socket.destroy();
        return callback(new BlockedAddressError(options.hostname), null);
      }
      callback(null, socket);
    });
  };
}

function reachedClosedAddress(guard: AddressGuard, socket: Socket): boolean {
  // Undefined once the peer has hung up: nothing can be sent over such a socket anyway.
  return socket.remoteAddress !== undefined && !guard.isAllowed(socket.remoteAddress);
}
