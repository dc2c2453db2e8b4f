import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import http from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Claims {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** What it does wrong, to see that nobody is let in then. */
export interface Misdeeds {
  /** Claims of the token that are not as they should be. */
  claims?: Readonly<Record<string, unknown>>;
  /** With a key that it does not publish. */
  foreignKey?: boolean;
  /** `alg: none`, and no signature. */
  unsigned?: boolean;
  /** Refuses the person, as OAuth says it. */
  refusal?: string;
}

/** An OpenID provider on this machine: discovery, keys, authorization code flow with PKCE, signed tokens. */
export interface TestProvider {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Who is at its sign-in page. */
  person: Claims;
  misdeeds: Misdeeds;
  /** The person agrees at the page that the hub has sent them to. @returns where the browser is sent back to */
  agree(address: string): Promise<URL>;
  close(): Promise<void>;
}

interface Grant {
  readonly challenge: string;
  readonly redirectUri: string;
  readonly nonce: string;
  readonly person: Claims;
}

const KID = 'key-1';

export async function startIdentityProvider(): Promise<TestProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const grants = new Map<string, Grant>();
  const client = { id: 'hub', secret: randomBytes(16).toString('hex') };
  const provider: { person: Claims; misdeeds: Misdeeds } = { person: { sub: 'nobody' }, misdeeds: {} };
  let issuer = '';

  const tokenOf = ({ nonce, person }: Grant): string => {
    const now = Math.floor(Date.now() / 1_000);
    const { claims = {}, foreignKey = false, unsigned = false } = provider.misdeeds;
    const body = { iss: issuer, aud: client.id, iat: now, exp: now + 300, nonce, ...person, ...claims };
    return unsigned
      ? jwt({ alg: 'none' }, body, null)
      : jwt({ alg: 'RS256', kid: KID }, body, foreignKey ? other : privateKey);
  };

  const exchange = (form: URLSearchParams, authorization: string | undefined): [number, unknown] => {
    const expected = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    if (authorization !== expected) return [401, { error: 'invalid_client' }];
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri'))
      return [400, { error: 'invalid_grant' }];
    return [200, { access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', id_token: tokenOf(grant) }];
  };

  const agree = (address: string): URL => {
    const asked = new URL(address).searchParams;
    if (asked.get('client_id') !== client.id || asked.get('response_type') !== 'code' || asked.get('scope') === null)
      throw new Error(`this is no request of the hub: ${address}`);
    if (asked.get('code_challenge_method') !== 'S256') throw new Error('the hub did not use PKCE');
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.searchParams.set('state', asked.get('state') ?? '');
    if (provider.misdeeds.refusal !== undefined) {
      back.searchParams.set('error', provider.misdeeds.refusal);
      return back;
    }
    const code = randomBytes(16).toString('hex');
    grants.set(code, {
      challenge: asked.get('code_challenge') ?? '',
      redirectUri: asked.get('redirect_uri') ?? '',
      nonce: asked.get('nonce') ?? '',
      person: provider.person,
    });
    back.searchParams.set('code', code);
    return back;
  };

  const server = http.createServer((request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname } = new URL(request.url ?? '/', issuer);
      if (pathname === '/authorize')
        return void response.writeHead(302, { location: agree(new URL(request.url ?? '/', issuer).href).href }).end();
      if (pathname === '/.well-known/openid-configuration') return answer(200, metadata(issuer));
      if (pathname === '/keys')
        return answer(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KID, use: 'sig', alg: 'RS256' }] });
      if (pathname === '/token')
        return answer(
          ...exchange(new URLSearchParams(Buffer.concat(chunks).toString()), request.headers.authorization),
        );
      return answer(404, {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return Object.assign(provider, {
    issuer,
    client,
    agree: (address: string) => Promise.resolve(agree(address)),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function metadata(issuer: string): unknown {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
  };
}

function jwt(header: object, body: object, key: KeyObject | null): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(body)}`;
  const signature = key === null ? '' : sign('sha256', Buffer.from(text), key).toString('base64url');
  return `${text}.${signature}`;
}
