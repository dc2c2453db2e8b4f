import { type Exchange, type Reply } from '../../kernel/http-frame';
import { Journal } from '../../kernel/journal';
import { withoutSecrets } from '../../kernel/redaction';
import { CERTIFICATE_HEADER } from './tls/certificate-gate';
import { codePageNamed, decodeText } from './xml/code-page';
import { parseXml } from './xml/xml-parser';
import { textOf } from './xml/xml.types';

/** From the start tag to the end tag of any prefix, or to the end of a broken document. */
const PASSWORD = /(<(?:[\w.-]+:)?Password\b[^>]*>)[\s\S]*?(?=<\/(?:[\w.-]+:)?Password\s*>|$)/g;

/** A journal of SOAP: no password or digest is kept, and every answer is shown in its own code page. */
export class ErpJournal extends Journal {
  override record(
    exchange: Exchange,
    reply: Reply | undefined,
    fault: string | undefined,
    startedMs: number,
    nowMs: number,
  ): void {
    const headers = { ...exchange.headers };
    const certificate = headers[CERTIFICATE_HEADER];
    if (typeof certificate === 'string') headers[CERTIFICATE_HEADER] = certificate.slice(certificate.indexOf(' ') + 1);
    const answer = reply && Buffer.isBuffer(reply.body) ? decodeAnswer(reply) : String(reply?.body ?? '');
    const shown = reply && { ...reply, body: withoutSecrets(answer, passwordsIn(exchange.body)) };
    super.record({ ...exchange, headers, body: redactBody(exchange) }, shown, fault, startedMs, nowMs);
  }
}

function passwordsIn(body: Buffer): string[] {
  return [...body.toString('utf8').matchAll(PASSWORD)].map(([found]) => plainText(found.slice(found.indexOf('>') + 1)));
}

function plainText(content: string): string {
  try {
    return textOf(parseXml(`<p>${content}</p>`));
  } catch {
    return content;
  }
}

function redactBody({ headers, body }: Exchange): Buffer {
  // What cannot be read cannot be searched for secrets either.
  if (headers['content-encoding'] !== undefined || body.includes(0)) return Buffer.from('[unreadable]');
  // Byte for byte: the encoding of the rest is the caller's and does not matter here.
  return Buffer.from(body.toString('latin1').replace(PASSWORD, '$1[redacted]'), 'latin1');
}

function decodeAnswer({ headers, body }: Reply): string {
  const bytes = Buffer.from(body ?? '');
  const declared =
    /charset=([\w-]+)/i.exec(String(headers?.['content-type'] ?? ''))?.[1] ??
    /encoding="([\w-]+)"/.exec(bytes.toString('latin1', 0, 100))?.[1];
  const page = codePageNamed(declared ?? 'utf-8') ?? 'utf-8';
  return page === 'utf-8' ? bytes.toString('utf8') : decodeText(bytes, page);
}
