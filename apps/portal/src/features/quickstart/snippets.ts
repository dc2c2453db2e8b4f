import { quoted } from '../../lib/curl';

export const LANGUAGES = ['curl', 'javascript', 'python'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface FirstEvent {
  readonly event_id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @param mark makes its id one of its own, so that nobody else's first event is taken for a repeat of it */
export const firstEvent = (mark: string): FirstEvent => ({
  event_id: `quickstart-${mark}`,
  type: 'customer.created',
  source: 'quickstart',
  subject: `customer/${mark}`,
  data: { id: mark, name: 'Ada Lovelace Ltd', email: 'ada@example.com' },
});

/** Whole programs: pasted as they are, they send the event. */
export function snippetOf(language: Language, origin: string, key: string, event: FirstEvent): string {
  const url = `${origin}/v1/events`;
  const json = JSON.stringify(event, null, 2);
  switch (language) {
    case 'curl':
      return [
        `curl -i ${url} \\`,
        `  -H 'authorization: Bearer ${key}' \\`,
        `  -H 'content-type: application/json' \\`,
        `  -d ${quoted(json)}`,
      ].join('\n');
    case 'javascript':
      return [
        `const answer = await fetch('${url}', {`,
        `  method: 'POST',`,
        `  headers: {`,
        `    authorization: 'Bearer ${key}',`,
        `    'content-type': 'application/json',`,
        `  },`,
        `  body: JSON.stringify(${indented(json)}),`,
        `});`,
        `console.log(answer.status, await answer.json());`,
      ].join('\n');
    case 'python':
      return [
        `import json, urllib.request`,
        ``,
        `event = json.loads(r"""${json}""")`,
        ``,
        `request = urllib.request.Request(`,
        `    "${url}",`,
        `    data=json.dumps(event).encode(),`,
        `    headers={"authorization": "Bearer ${key}", "content-type": "application/json"},`,
        `)`,
        `with urllib.request.urlopen(request) as answer:`,
        `    print(answer.status, json.load(answer))`,
      ].join('\n');
  }
}

const indented = (json: string): string => json.split('\n').join('\n  ');
