import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/**
 * One keep-alive connection with one request under way at most. It reads no more of an answer than its status and its
 * length: on two cores every cycle of the generator is taken from what it measures.
 */
export class HttpConnection {
  private answer = '';
  private settle: ((status: number) => void) | null = null;

  private constructor(
    private readonly url: URL,
    private socket: Socket,
  ) {
    this.listen(socket);
  }

  static async open(url: string): Promise<HttpConnection> {
    const target = new URL(url);
    const socket = connectTo(target);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('error', reject);
    });
    return new HttpConnection(target, socket);
  }

  /**
   * `onAnswer` gets the status, 0 when the connection broke. `request` may be changed again once it was called. What the
   * server has closed because it was idle is opened again, as any sender does.
   */
  send(request: Buffer, onAnswer: (status: number) => void): void {
    if (this.socket.destroyed) {
      this.answer = '';
      this.socket = connectTo(this.url);
      this.listen(this.socket);
    }
    this.settle = onAnswer;
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
  }

  private listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.read(chunk));
    for (const end of ['error', 'close'])
      socket.on(end, () => {
        if (this.socket === socket) this.finish(0);
      });
  }

  private read(chunk: Buffer): void {
    this.answer += chunk.toString('latin1');
    const head = this.answer.indexOf(HEAD_END);
    if (head === -1) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.answer);
    const isWhole =
      length === null
        ? this.answer.endsWith('\r\n0\r\n\r\n')
        : this.answer.length >= head + HEAD_END.length + Number(length[1]);
    if (!isWhole) return;
    const status = Number(this.answer.slice(9, 12));
    this.answer = '';
    this.finish(status);
  }

  private finish(status: number): void {
    const { settle } = this;
    this.settle = null;
    settle?.(status);
  }
}

function connectTo({ hostname, port }: URL): Socket {
  return connect(Number(port), hostname);
}
