import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to a chunk on its way to the server. `cut_answer`: it passes, and then the line is cut before any answer. */
export type Passage = 'pass' | 'cut_answer';

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** Nothing is passed on any more, and neither end is told. */
  mute: boolean;
}

/** A line between the hub and a server of its, which can break in all the ways that lines do. */
export class TcpProxy {
  private readonly lines = new Set<Line>();
  private muteNew = false;
  private refusing = false;
  /** Asked for each chunk from client to server. */
  onRequest: (chunk: Buffer) => Passage = () => 'pass';

  private constructor(
    private readonly listener: Server,
    private port: number,
  ) {
    listener.on('connection', (client) => this.open(client));
  }

  /** @param port of the server on 127.0.0.1 */
  static async start(port: number): Promise<TcpProxy> {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return new TcpProxy(listener, port);
  }

  /** The same address by way of the proxy. */
  through(url: string): string {
    const address = new URL(url);
    address.hostname = '127.0.0.1';
    address.port = String((this.listener.address() as AddressInfo).port);
    return address.toString();
  }

  /** Lines that are opened from now on lead elsewhere; those that are there break. */
  lead(port: number): void {
    this.port = port;
    this.cut();
  }

  /** Every line goes silent without being closed. @param alsoNew lines that are opened later as well, until `heal`. */
  swallow(alsoNew = false): void {
    for (const line of this.lines) line.mute = true;
    this.muteNew = alsoNew;
  }

  /** What is opened from now on works. Muted lines stay as they are. */
  heal(): void {
    this.muteNew = false;
    this.refusing = false;
  }

  /** Breaks every line with a reset. */
  cut(): void {
    for (const line of this.lines) this.drop(line);
  }

  /** Breaks every line, and every new one, until `heal`. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
  }

  private open(client: Socket): void {
    client.on('error', () => undefined);
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.port, '127.0.0.1');
    const line: Line = { client, server, mute: this.muteNew };
    this.lines.add(line);
    for (const socket of [client, server]) socket.setNoDelay(true);
    client.on('data', (chunk: Buffer) => this.request(line, chunk));
    server.on('data', (chunk: Buffer) => line.mute || client.write(chunk));
    server.on('error', () => undefined);
    client.on('close', () => line.mute || this.drop(line));
    server.on('close', () => line.mute || this.drop(line));
  }

  private request(line: Line, chunk: Buffer): void {
    if (line.mute) return;
    if (this.onRequest(chunk) === 'pass') {
      line.server.write(chunk);
      return;
    }
    // The server gets it and acts on it; nobody hears of that.
    line.mute = true;
    line.server.once('data', () => this.drop(line));
    line.server.write(chunk);
  }

  private drop(line: Line): void {
    this.lines.delete(line);
    line.client.resetAndDestroy();
    line.server.destroy();
  }
}
