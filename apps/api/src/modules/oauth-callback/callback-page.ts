import { createHash } from 'node:crypto';

/** What a person reads before or after a sign-in: what is about to happen, or what did, and what to do next. */
export interface CallbackPage {
  readonly isGood: boolean;
  readonly title: string;
  readonly lines: readonly string[];
  /** Where the hub is; null when nobody has said how it is reached. */
  readonly hubUrl: string | null;
  /** What pressing it sends back to the page's own address. */
  readonly button?: string;
}

const STYLE = `:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#f6f7f9;--card:#fff;--line:#dfe3e8;--good:#1a7f4b;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--soft:#a3adba;--paper:#12161c;--card:#1b2129;--line:#303844;--good:#4cc38a;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
main{max-width:32rem;width:100%;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:32px}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 .75rem}h1.good{color:var(--good)}h1.bad{color:var(--bad)}p{margin:.5rem 0;overflow-wrap:anywhere}p+p{color:var(--soft)}
a{display:inline-block;margin-top:1rem;color:inherit}
button{margin-top:1rem;padding:.6rem 1.2rem;font:inherit;font-weight:600;border:0;border-radius:8px;background:var(--good);color:var(--card);cursor:pointer}`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

function headersOf(formAction: string, referrerPolicy: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action ${formAction}; frame-ancestors 'none'`,
    'referrer-policy': referrerPolicy,
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  };
}

/**
 * Nothing is loaded from anywhere and nothing runs: the address that this page is shown under holds the vendor's code, so
 * neither a script nor a referrer may carry it away.
 */
export const CALLBACK_HEADERS = headersOf(`'none'`, 'no-referrer');

/**
 * The form's answer sends the browser on to the vendor, and vendors send it on to hosts of their own: browsers hold all of
 * these against the policy. With no referrer at all, browsers would not say from which page the form was sent.
 */
export const START_HEADERS = headersOf(`https: http:`, 'same-origin');

export function renderCallbackPage({ isGood, title, lines, hubUrl, button }: CallbackPage): string {
  const paragraphs = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  const link = hubUrl === null ? '' : `<a href="${escapeHtml(hubUrl)}">Back to the Integration Hub</a>`;
  const form = button === undefined ? '' : `<form method="post"><button>${escapeHtml(button)}</button></form>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${escapeHtml(title)} – Integration Hub</title><style>${STYLE}</style></head>
<body><main><h1 class="${isGood ? 'good' : 'bad'}">${escapeHtml(title)}</h1>${paragraphs}${form}${link}</main></body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
