import { type Reply } from './http-frame';

/** Markup that is already safe to print. Only {@link html} and {@link raw} make it. */
export class Html {
  constructor(readonly text: string) {}
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

export type HtmlPart = Html | readonly Html[] | string | number | null | undefined;

/** Template tag: every interpolated string is escaped, so a record cannot inject markup into its own page. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let text = strings[0] ?? '';
  for (const [index, part] of parts.entries()) text += render(part) + (strings[index + 1] ?? '');
  return new Html(text);
}

function render(part: HtmlPart): string {
  if (part == null) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return escapeHtml(String(part));
}

const STYLE = `
:root{--ink:#16202e;--soft:#5b6878;--line:#dfe5ec;--paper:#fff;--bg:#f4f6f9;--brand:#0b5cab;--warn:#8a4b00;--warnbg:#fff4e0}
@media (prefers-color-scheme:dark){:root{--ink:#e8edf3;--soft:#9fb0c3;--line:#2c3a4a;--paper:#17212d;--bg:#0e1620;--brand:#6fb2f5;--warn:#ffc978;--warnbg:#3a2a10}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);background:var(--bg)}
.banner{background:var(--warnbg);color:var(--warn);padding:.5rem 1.5rem;font-weight:600;border-bottom:1px solid var(--line)}
main{max-width:80rem;margin:0 auto;padding:1.5rem}h1{font-size:1.5rem;margin:.2rem 0 .4rem}h2{font-size:1.1rem;margin:1.8rem 0 .5rem}
p.lead{color:var(--soft);margin:0 0 1rem;max-width:46rem}a{color:var(--brand)}
.card{background:var(--paper);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;margin:0 0 1rem;overflow-x:auto}
.grid{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}.grid .card{margin:0}
table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;white-space:nowrap}td{overflow-wrap:anywhere;max-width:26rem}tr:last-child td{border-bottom:0}
code,pre{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0}
.pill{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:.05rem .6rem;font-size:.8rem;color:var(--soft);margin-right:.3rem}
.pill.on{background:var(--brand);color:var(--paper);border-color:var(--brand)}nav a{margin-right:.6rem}
form{margin:0}label{display:block;margin:.5rem 0}button{font:inherit;padding:.55rem 1.2rem;border-radius:.4rem;border:1px solid var(--line);cursor:pointer;background:var(--paper);color:var(--ink);margin-right:.5rem}
button.primary{background:var(--brand);border-color:var(--brand);color:var(--paper)}button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--brand);outline-offset:2px}
`;

/** A whole page in the sandbox's one look, with the word SIMULATED where nobody can miss it. */
export function htmlPage(title: string, body: Html, options: { status?: number; refreshSeconds?: number } = {}): Reply {
  const refresh =
    options.refreshSeconds === undefined
      ? html``
      : html`<meta http-equiv="refresh" content="${options.refreshSeconds}" />`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refresh}
        <title>${title} · SIMULATED</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <div class="banner" role="note">
          SIMULATED: a local stand-in for tests and demos. No real vendor is involved.
        </div>
        <main>${body}</main>
      </body>
    </html>`;
  return {
    status: options.status ?? 200,
    headers: {
      'content-type': 'text/html;charset=UTF-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // No form-action: browsers would apply it to the redirect that follows the consent, and block the way back.
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    },
    body: page.text,
  };
}
