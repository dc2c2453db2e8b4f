import { createHash, timingSafeEqual } from 'node:crypto';
import { type ErpCompany } from '../erp.company';
import { readSimple } from '../schema/lexical';
import { attributeOf, findChildren, textOf, type XmlElement } from '../xml/xml.types';
import { type NonceCache } from './nonce-cache';
import { SoapFault, WSSE_NS, WSU_NS } from './soap-fault';

const PROFILE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#';
const SKEW_MS = 5 * 60_000;
const UTC_STAMP = /Z$|[+-]\d\d:\d\d$/;

export function isSecurityHeader({ namespace, name }: XmlElement): boolean {
  return namespace === WSSE_NS && name === 'Security';
}

/** `base64(SHA-1(nonce + created + password))` over the decoded nonce: UsernameToken profile 1.0. */
export function passwordDigest(nonce: Buffer, created: string, password: string): string {
  return createHash('sha1').update(nonce).update(created, 'utf8').update(password, 'utf8').digest('base64');
}

interface Token {
  readonly username: string;
  readonly password: string;
  readonly isDigest: boolean;
  readonly nonce: Buffer | undefined;
  readonly created: string | undefined;
}

/**
 * Checks the security header of a message against the companies that it may be for.
 * @throws SoapFault with a code of WS-Security
 */
export function verifyUsernameToken(
  header: XmlElement,
  companies: readonly ErpCompany[],
  nonces: NonceCache,
  nowMs: number,
): ErpCompany {
  const timestamp = optionalChild(header, WSU_NS, 'Timestamp');
  const token = readToken(header);
  if (timestamp) checkTimestamp(timestamp, nowMs);
  if (token.created !== undefined) checkAge(instant(token.created), nowMs);
  const company = companies.find(({ user }) => user.name === token.username);
  const isRight = company?.checkUser((password) => company.acceptsToken(token.isDigest) && matches(token, password));
  if (!company || isRight !== true) throw failedAuthentication();
  if (!timestamp && company.settings.require_timestamp) throw invalid('The Timestamp is missing');
  // A token is good once. It counts as used only when it was right, so that nobody can use it up for another.
  if (token.nonce && !nonces.use(token.username, token.nonce, nowMs, 2 * SKEW_MS)) {
    throw invalid('A replay attack has been detected');
  }
  return company;
}

function failedAuthentication(): SoapFault {
  return new SoapFault('wsse:FailedAuthentication', 'The security token could not be authenticated or authorized');
}

function readToken(header: XmlElement): Token {
  const element = onlyChild(header, WSSE_NS, 'UsernameToken', header.name);
  const username = textOf(onlyChild(element, WSSE_NS, 'Username', element.name));
  const password = onlyChild(element, WSSE_NS, 'Password', element.name);
  const type = attributeOf(password, '', 'Type') ?? `${PROFILE}PasswordText`;
  if (type !== `${PROFILE}PasswordText` && type !== `${PROFILE}PasswordDigest`) {
    throw new SoapFault('wsse:InvalidSecurityToken', `The password type "${type}" is not supported`);
  }
  const isDigest = type.endsWith('#PasswordDigest');
  const nonceElement = optionalChild(element, WSSE_NS, 'Nonce');
  const createdElement = optionalChild(element, WSU_NS, 'Created');
  if (isDigest && (!nonceElement || !createdElement)) {
    throw new SoapFault('wsse:InvalidSecurityToken', 'A digest needs a Nonce and a Created');
  }
  return {
    username,
    password: textOf(password),
    isDigest,
    nonce: nonceElement && decodeNonce(nonceElement),
    created: createdElement && textOf(createdElement),
  };
}

function decodeNonce(element: XmlElement): Buffer {
  const encoding = attributeOf(element, '', 'EncodingType');
  const text = textOf(element).trim();
  const bytes = Buffer.from(text, 'base64');
  if (encoding?.endsWith('#Base64Binary') === false || bytes.length === 0 || bytes.toString('base64') !== text) {
    throw new SoapFault('wsse:InvalidSecurityToken', 'The Nonce is not Base64');
  }
  return bytes;
}

function matches({ isDigest, nonce, created, password: given }: Token, password: string): boolean {
  const expected = isDigest ? passwordDigest(nonce ?? Buffer.alloc(0), created ?? '', password) : password;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function checkTimestamp(timestamp: XmlElement, nowMs: number): void {
  const created = optionalChild(timestamp, WSU_NS, 'Created');
  const expires = optionalChild(timestamp, WSU_NS, 'Expires');
  const createdMs = created && instant(textOf(created));
  const expiresMs = expires && instant(textOf(expires));
  if (createdMs !== undefined) checkAge(createdMs, nowMs);
  if (createdMs !== undefined && expiresMs !== undefined && expiresMs < createdMs) {
    throw invalid('The Timestamp expires before it was created');
  }
  if (expiresMs !== undefined && expiresMs <= nowMs) throw expired();
}

function checkAge(createdMs: number, nowMs: number): void {
  if (Math.abs(nowMs - createdMs) > SKEW_MS) throw expired();
}

function expired(): SoapFault {
  return new SoapFault('wsu:MessageExpired', 'The message has expired');
}

function invalid(message: string): SoapFault {
  return new SoapFault('wsse:InvalidSecurity', message);
}

function instant(text: string): number {
  const read = readSimple({ kind: 'simple', name: 'dateTime', base: 'dateTime' }, text);
  if (!('value' in read) || !UTC_STAMP.test(read.value)) throw invalid(`"${text}" is not a moment in time`);
  return Date.parse(read.value);
}

function optionalChild(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  const found = findChildren(parent, namespace, name);
  if (found.length > 1) throw invalid(`More than one ${name}`);
  return found[0];
}

function onlyChild(parent: XmlElement, namespace: string, name: string, where: string): XmlElement {
  const found = optionalChild(parent, namespace, name);
  if (!found) throw invalid(`${where} has no ${name}`);
  return found;
}
