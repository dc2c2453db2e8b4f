import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { waitUntil } from '@hub/testing';

export interface ReceivedNotice {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NoticeBody {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Behaviour = 'hang' | number;

/** A customer's endpoint, one for each path: a real server that verifies with the library which customers use. */
export class WebhookReceiver {
  private readonly received: ReceivedNotice[] = [];
  private readonly behaviours = new Map<string, Behaviour>();
  private readonly hanging = new Set<ServerResponse>();
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const headers = request.headers as Record<string, string>;
      this.received.push({ path, headers, body: Buffer.concat(chunks).toString() });
      const behaviour = this.behaviours.get(path) ?? 204;
      if (behaviour === 'hang') this.hanging.add(response);
      else response.writeHead(behaviour, { location: '/elsewhere' }).end(behaviour >= 400 ? 'not now' : undefined);
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    for (const response of this.hanging) response.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  behave(path: string, behaviour: Behaviour): void {
    this.behaviours.set(path, behaviour);
    if (behaviour === 'hang') return;
    for (const response of this.hanging) response.writeHead(behaviour).end();
    this.hanging.clear();
  }

  at(path: string): ReceivedNotice[] {
    return this.received.filter((notice) => notice.path === path);
  }

  /** Waits until as many have come. */
  until(path: string, count: number): Promise<ReceivedNotice[]> {
    return waitUntil(`${count} notices at ${path}`, async () =>
      Promise.resolve(this.at(path).length >= count ? this.at(path) : null),
    );
  }
}

/** @throws unless the notice is signed with this secret. */
export function verified(secret: string, notice: ReceivedNotice | undefined): NoticeBody {
  if (notice === undefined) throw new Error('there is no notice');
  return new Webhook(secret).verify(notice.body, notice.headers) as NoticeBody;
}
