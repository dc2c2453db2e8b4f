import { escapeHtml } from '../../../kernel/html';
import { type Reply } from '../../../kernel/http-frame';

/** The web server in front says no; SOAP never hears of it. */
export class HttpRefusal extends Error {
  constructor(readonly reply: Reply) {
    super(`refused with HTTP ${reply.status}`);
  }
}

/** An error page as application servers of that age print it. */
export function htmlError(status: number, title: string, message: string, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html;charset=iso-8859-1', ...headers },
    body: `<html><head><title>Error ${status} ${escapeHtml(title)}</title></head><body><h1>HTTP Status ${status} - ${escapeHtml(title)}</h1><p>${escapeHtml(message)}</p><hr/><h3>ERP Application Server/4.7</h3></body></html>`,
  };
}
