import { type Exchange, type Reply } from '../../../kernel/http-frame';
import { type ErpSettings } from '../erp.settings';
import { codePageNamed, decodeText, encodeText } from '../xml/code-page';
import { printEnvelope } from './envelope';
import { htmlError, HttpRefusal } from './http-refusal';
import { clientFault, SoapFault } from './soap-fault';

const ENCODING_NAMES = { 'utf-8': 'UTF-8', 'iso-8859-1': 'ISO-8859-1', 'windows-1252': 'windows-1252' } as const;

/**
 * The text of a SOAP 1.1 message.
 * @throws HttpRefusal 415, SoapFault Client
 */
export function readMessage({ headers, body }: Exchange, limitBytes: number): string {
  const contentType = headers['content-type'] ?? '';
  if (!/^text\/xml\s*(?:;|$)/i.test(contentType)) {
    throw new HttpRefusal(
      htmlError(415, 'Unsupported Media Type', `The content type is "${contentType}", not text/xml.`),
    );
  }
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') {
    throw new HttpRefusal(htmlError(415, 'Unsupported Media Type', 'The content encoding is not supported.'));
  }
  if (body.length > limitBytes) {
    throw clientFault('ERP-1413', `The message is larger than ${limitBytes} bytes`);
  }
  const declared =
    /;\s*charset\s*=\s*"?([\w.-]+)"?/i.exec(contentType)?.[1] ??
    /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.-]+)["']/.exec(body.toString('latin1', 0, 200))?.[1] ??
    'utf-8';
  const page = codePageNamed(declared);
  if (page === undefined) throw new SoapFault('Client', `The encoding "${declared}" is not supported`);
  try {
    return decodeText(body, page);
  } catch {
    throw new SoapFault('Client', `Error reading XML: the message is not ${declared}`);
  }
}

export type MessageStyle = Pick<
  ErpSettings,
  'code_page' | 'charset_in_header' | 'soap_prefix' | 'body_prefix' | 'response_limit_bytes'
>;

/** An answer as the wire sees it. A limit cuts it off without changing anything else: the length fits the rest. */
export function messageReply(style: MessageStyle, status: number, namespace: string, body: string): Reply {
  const encoding = ENCODING_NAMES[style.code_page];
  const text = printEnvelope(
    { soapPrefix: style.soap_prefix, bodyPrefix: style.body_prefix, encoding },
    namespace,
    body,
  );
  const bytes = encodeText(text, style.code_page);
  return {
    status,
    headers: { 'content-type': style.charset_in_header ? `text/xml;charset=${encoding}` : 'text/xml' },
    body: bytes.subarray(0, style.response_limit_bytes ?? bytes.length),
  };
}
