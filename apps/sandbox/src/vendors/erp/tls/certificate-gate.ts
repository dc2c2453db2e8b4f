import { randomBytes } from 'node:crypto';
import { request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type TLSSocket } from 'node:tls';
import { type Exchange, type Listening } from '../../../kernel/http-frame';
import { certificateAuthority, serverCertificate } from './certificates';

/** How the gate tells the system behind it who showed a certificate. */
export const CERTIFICATE_HEADER = 'x-erp-client-certificate';

export interface GateOptions {
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** Address of the system behind the gate. */
  readonly target: string;
}

/**
 * The HTTPS door with client certificates, as such systems have it: TLS ends before the system, and a header tells it
 * whose certificate was shown. A secret of this process marks the header, so that nobody else can write it.
 */
export class CertificateGate {
  private readonly secret = randomBytes(16).toString('hex');

  /** The verified common name; `undefined` when no certificate of our authority was shown. */
  commonNameOf({ headers }: Exchange): string | undefined {
    const value = headers[CERTIFICATE_HEADER];
    return typeof value === 'string' && value.startsWith(`${this.secret} `)
      ? value.slice(this.secret.length + 1)
      : undefined;
  }

  /** @throws the bind error as Node gives it */
  async open({ host, port, seed, target }: GateOptions): Promise<Listening> {
    const authority = certificateAuthority(seed);
    const { certificate, key } = serverCertificate(authority, seed);
    const server = createServer(
      // Who shows nothing is refused by the system, not by the handshake: other sign-ins may be good enough.
      { key, cert: certificate, ca: authority.certificate, requestCert: true, rejectUnauthorized: false },
      (req, res) => this.relay(req, res, target),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return listening(server, host);
  }

  private relay(req: IncomingMessage, res: ServerResponse, target: string): void {
    const socket = req.socket as TLSSocket;
    const commonName: unknown = socket.authorized ? socket.getPeerCertificate().subject.CN : undefined;
    const { [CERTIFICATE_HEADER]: _forged, ...headers } = req.headers;
    const { hostname, port } = new URL(target);
    const onward = forward(
      {
        // Host and port apart from the path: a request line with a whole address must not lead elsewhere.
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: req.url,
        method: req.method,
        headers: {
          ...headers,
          ...(typeof commonName === 'string' ? { [CERTIFICATE_HEADER]: `${this.secret} ${commonName}` } : {}),
        },
        agent: false,
      },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
        answer.once('error', () => socket.destroy());
      },
    );
    // A broken answer must reach the client as broken, never as a polite error page.
    onward.once('error', () => socket.destroy());
    res.once('close', () => onward.destroy());
    req.pipe(onward);
  }
}

function listening(server: Server, host: string): Listening {
  const { port } = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    port,
    url: `https://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
