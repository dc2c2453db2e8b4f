export const WEBHOOK_PATH = 'bench';
export const WORKFLOW_ID = 'hubBenchWorkflow';

/** What the JSONata mapping of the other subjects makes of an event, as an expression of n8n, which it runs in its own process. */
const MAPPED = `={{ JSON.stringify((({ data }) => ({
  ref: data.number,
  kind: 'invoice',
  customer: { name: data.customer.name.toUpperCase(), country: data.customer.country },
  total: data.lines.reduce((sum, line) => sum + line.quantity * line.unit_price, 0),
  currency: data.currency,
  lines: data.lines.map((line) => ({ text: line.description, amount: line.quantity * line.unit_price })),
}))($json.body)) }}`;

/**
 * Webhook, mapping, HTTP request: how one does it in n8n. The webhook answers at once, which is its fastest way, and what is
 * kept of executions is what n8n keeps when nobody says otherwise.
 */
export function benchWorkflow(sinkUrl: string): object {
  const node = (name: string, type: string, typeVersion: number, place: number, parameters: object): object => ({
    id: name.toLowerCase(),
    name,
    type: `n8n-nodes-base.${type}`,
    typeVersion,
    position: [place * 220, 0],
    parameters,
  });
  const to = (name: string): object => ({ main: [[{ node: name, type: 'main', index: 0 }]] });
  return {
    id: WORKFLOW_ID,
    name: 'Bench',
    active: false,
    settings: { executionOrder: 'v1' },
    nodes: [
      {
        ...node('Webhook', 'webhook', 2, 0, {
          httpMethod: 'POST',
          path: WEBHOOK_PATH,
          responseMode: 'onReceived',
          options: {},
        }),
        webhookId: '5b8f6f0c-3c57-4f5e-9d0e-6f1d1a2b3c4d',
      },
      node('Map', 'set', 3.4, 1, { mode: 'raw', jsonOutput: MAPPED, options: {} }),
      node('Deliver', 'httpRequest', 4.2, 2, {
        method: 'POST',
        url: `${sinkUrl}/in`,
        sendBody: true,
        specifyBody: 'json',
        jsonBody: '={{ JSON.stringify($json) }}',
        options: {},
      }),
    ],
    connections: { Webhook: to('Map'), Map: to('Deliver') },
  };
}
