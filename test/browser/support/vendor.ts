import { type DevFile } from './launched-hub';

/** What an admin of the simulated Salesforce does in its set-up pages. @throws unless the answer is of the 2xx */
export async function atSalesforce<T>(dev: DevFile, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${dev.salesforce_url}/__admin${path}`, {
    method,
    headers: { authorization: `Bearer ${dev.sandbox_control_token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
