import { createHash } from 'node:crypto';
import { type Fields } from '../schema/contract.types';
import { clientFault } from '../soap/soap-fault';

interface Remembered {
  readonly digest: string;
  readonly result: Fields;
  readonly atMs: number;
}

/** Which messages were carried out already, and with what result. Refused ones are not remembered. */
export class MessageCache {
  private readonly messages = new Map<string, Remembered>();

  /**
   * @param retentionMs after which a message id counts as new
   * @throws SoapFault ERP-1063 when the id comes back with another content
   */
  find(operation: string, messageId: string, content: Fields, nowMs: number, retentionMs: number): Fields | undefined {
    const name = `${operation}|${messageId}`;
    const known = this.messages.get(name);
    if (!known) return undefined;
    if (nowMs - known.atMs >= retentionMs) {
      this.messages.delete(name);
      return undefined;
    }
    if (known.digest !== digestOf(content)) {
      throw clientFault('ERP-1063', 'MessageId was already used for another content', 'MessageId');
    }
    return known.result;
  }

  remember(operation: string, messageId: string, content: Fields, result: Fields, nowMs: number): void {
    this.messages.set(`${operation}|${messageId}`, { digest: digestOf(content), result, atMs: nowMs });
  }
}

/** The validator builds fields in schema order, so equal content prints equally. */
function digestOf(content: Fields): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}
