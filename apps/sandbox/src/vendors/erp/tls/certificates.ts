import { createECDH, createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { bits, boolean, der, explicit, integer, objectId, octets, pem, sequence, set, utcTime, utf8 } from './der';

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
/** Fixed, so that a moved clock never breaks a handshake: expiry is not what these certificates are for. */
const VALIDITY = sequence(utcTime('200101000000Z'), utcTime('491231235959Z'));

export interface CertificateAuthority {
  readonly certificate: string;
  readonly name: string;
  readonly key: KeyObject;
}

export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A private authority of this sandbox alone. Keys depend on the seed: they protect nothing but test data. */
export function certificateAuthority(seed: number): CertificateAuthority {
  const name = 'Legacy ERP test authority';
  const key = derivedKey(seed, 'authority');
  const extensions = [
    extension('2.5.29.19', sequence(boolean(true)), true),
    extension('2.5.29.15', bits(Buffer.from([0x06]), 1), true),
  ];
  return { name, key, certificate: issue({ issuer: name, subject: name, publicOf: key, signer: key, extensions }) };
}

export function clientCertificate(
  authority: CertificateAuthority,
  seed: number,
  commonName: string,
): IssuedCertificate {
  return leaf(authority, derivedKey(seed, `client:${commonName}`), commonName, [
    extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.2'))),
  ]);
}

/** For the addresses that a sandbox is reached at: `localhost`, `127.0.0.1` and `::1`. */
export function serverCertificate(authority: CertificateAuthority, seed: number): IssuedCertificate {
  const dns = der(0x82, Buffer.from('localhost', 'ascii'));
  const ipv4 = der(0x87, Buffer.from([127, 0, 0, 1]));
  const ipv6 = der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  return leaf(authority, derivedKey(seed, 'server'), 'localhost', [
    extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', sequence(dns, ipv4, ipv6)),
  ]);
}

function leaf(
  authority: CertificateAuthority,
  key: KeyObject,
  subject: string,
  extensions: readonly Buffer[],
): IssuedCertificate {
  const certificate = issue({ issuer: authority.name, subject, publicOf: key, signer: authority.key, extensions });
  return { certificate, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface Issue {
  readonly issuer: string;
  readonly subject: string;
  readonly publicOf: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function issue({ issuer, subject, publicOf, signer, extensions }: Issue): string {
  const publicKey = createPublicKey(publicOf).export({ type: 'spki', format: 'der' });
  const serial = createHash('sha256').update(subject).update(publicKey).digest().subarray(0, 16);
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer),
    VALIDITY,
    distinguishedName(subject),
    publicKey,
    explicit(3, sequence(...extensions)),
  );
  return pem('CERTIFICATE', sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, signer))));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))));
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function derivedKey(seed: number, purpose: string): KeyObject {
  const scalar = createHash('sha256').update(`${seed}:erp-certificate:${purpose}`).digest();
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(scalar);
  const point = curve.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33, 65).toString('base64url'),
  };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
