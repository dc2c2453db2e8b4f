import { createHash, timingSafeEqual } from 'node:crypto';
import { type Exchange, type Reply } from '../../../kernel/http-frame';
import { type ErpCompany } from '../erp.company';
import { type ErpAuthMode } from '../erp.settings';
import { type CertificateGate } from '../tls/certificate-gate';
import { type XmlElement } from '../xml/xml.types';
import { htmlError, HttpRefusal } from './http-refusal';
import { type NonceCache } from './nonce-cache';
import { SoapFault } from './soap-fault';
import { isSecurityHeader, verifyUsernameToken } from './ws-security';

/** Whether some company that the message may be for takes that kind of sign-in. */
export function accepts(companies: readonly ErpCompany[], ...modes: readonly ErpAuthMode[]): boolean {
  return companies.some(({ settings }) => modes.some((mode) => settings.auth_modes.includes(mode)));
}

/**
 * Who calls, as far as HTTP tells: by client certificate or Basic.
 * @returns undefined when the message itself must tell
 * @throws HttpRefusal 401 or 403
 */
export function authenticateHttp(
  exchange: Exchange,
  companies: readonly ErpCompany[],
  gate: CertificateGate,
): ErpCompany | undefined {
  if (accepts(companies, 'certificate')) {
    const commonName = gate.commonNameOf(exchange);
    const company = companies.find(
      ({ user, settings }) => user.name === commonName && settings.auth_modes.includes('certificate'),
    );
    if (company) return company;
  }
  const header = exchange.headers.authorization;
  if (header !== undefined && accepts(companies, 'basic')) return authenticateBasic(header, companies);
  if (accepts(companies, 'wsse_digest', 'wsse_text')) return undefined;
  throw new HttpRefusal(accepts(companies, 'basic') ? unauthorised() : certificateRequired());
}

/** @throws SoapFault with a code of WS-Security */
export function authenticateMessage(
  headers: readonly XmlElement[],
  companies: readonly ErpCompany[],
  nonces: NonceCache,
  nowMs: number,
): ErpCompany {
  const [security, second] = headers.filter(isSecurityHeader);
  if (!security) throw new SoapFault('wsse:InvalidSecurity', 'The security header is missing');
  if (second) throw new SoapFault('wsse:InvalidSecurity', 'More than one security header');
  return verifyUsernameToken(security, companies, nonces, nowMs);
}

function authenticateBasic(header: string, companies: readonly ErpCompany[]): ErpCompany {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1] ?? '';
  const [, username, password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const company = companies.find(
    ({ user, settings }) => user.name === username && settings.auth_modes.includes('basic'),
  );
  if (!company?.checkUser((expected) => isEqual(password, expected))) throw new HttpRefusal(unauthorised());
  return company;
}

function isEqual(left: string, right: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(left), hash(right));
}

function unauthorised(): Reply {
  const reply = htmlError(401, 'Unauthorized', 'This request requires HTTP authentication.');
  return { ...reply, headers: { ...reply.headers, 'www-authenticate': 'Basic realm="ERP Web Services"' } };
}

function certificateRequired(): Reply {
  return htmlError(403, 'Forbidden', 'The page you are attempting to access requires a client certificate.');
}
