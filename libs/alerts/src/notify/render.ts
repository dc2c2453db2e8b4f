import { type Resolution } from '../state/alert-state';
import { type AlertMessage, type NotificationKind } from '../store/alert.types';

/** A message and what it is about, ready for any channel. */
export interface Rendered {
  /** Public id of the notification: constant, however often it is sent. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly message: AlertMessage;
  /** To the alert in the portal; null when the operator has not said where the portal is. */
  readonly link: string | null;
}

const OPENINGS: Readonly<Record<NotificationKind, string>> = {
  triggered: '',
  worse: 'Worse: ',
  reminder: 'Still: ',
  acknowledged: 'Acknowledged: ',
  resolved: 'Recovered: ',
  test: 'Test: ',
};

const ENDINGS: Readonly<Record<Resolution, string>> = {
  recovered: OPENINGS.resolved,
  aged_out: 'No longer at hand: ',
  rule_disabled: 'Switched off: ',
};

export function opening(kind: NotificationKind, { resolution }: AlertMessage): string {
  return kind === 'resolved' && resolution !== null ? ENDINGS[resolution] : OPENINGS[kind];
}

function headline({ kind, message }: Rendered): string {
  return `${opening(kind, message)}${message.title}`;
}

/** What is left of what nobody has mended. */
export function endLines(kind: NotificationKind, message: AlertMessage): string[] {
  return kind === 'resolved' && message.resolution === 'aged_out'
    ? ['Nobody has repaired it: it has left the database for the archive, and can be brought back from there.']
    : [];
}

/** What is mailed. The two ids are public ids: of the alert for its thread, or of the message. */
export interface Mailing {
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly inReplyTo: string | null;
}

/** One thread for each alert, which its first message begins. */
export function mailOf(rendered: Rendered): Mailing {
  const { kind, message, id } = rendered;
  const isFirst = kind === 'triggered';
  return {
    subject: `[${message.severity}] ${headline(rendered)}`,
    text: plainText(rendered),
    messageId: isFirst ? message.alert : id,
    inReplyTo: isFirst || kind === 'test' ? null : message.alert,
  };
}

/** As a person reads it in a mail. */
function plainText(rendered: Rendered): string {
  const { message, link, kind } = rendered;
  const lines = [
    headline(rendered),
    ...message.news.map((line) => `- ${line}`),
    ...endLines(kind, message),
    '',
    `Rule: ${message.rule_title} (${message.severity})`,
    `Tenant: ${message.tenant.name}`,
    ...(message.connection === null ? [] : [`Connection: ${message.connection.name} (${message.connection.id})`]),
    `Since: ${message.opened_at}`,
    ...(message.resolved_at === null ? [] : [`Until: ${message.resolved_at}`]),
    ...(message.causes.length === 0 ? [] : ['', ...causeLines(message)]),
    ...(kind === 'resolved' ? [] : ['', `What to do: ${message.advice}`]),
    ...(link === null ? [] : ['', link]),
    '',
    `Alert ${message.alert}`,
  ];
  return lines.join('\n');
}

function causeLines(message: AlertMessage): string[] {
  return message.causes.map(({ what, count, since }) =>
    [`- ${count === undefined ? '' : `${count} × `}${what}`, since === undefined ? '' : ` since ${since}`].join(''),
  );
}

/** Slack's `mrkdwn`: these three are its only special characters, and a name must not ping anybody. */
export function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const SLACK_HEADER_MOST = 150;
const SLACK_SECTION_MOST = 3_000;

/** Slack's incoming webhook; Mattermost and others read `text` alone. */
export function slackBody(rendered: Rendered): unknown {
  const { message, link, kind } = rendered;
  const facts = [
    ...message.news.map((line) => `*${slackText(line)}*`),
    ...endLines(kind, message),
    `*${slackText(message.rule_title)}* (${message.severity}) · ${slackText(message.tenant.name)}`,
    ...(message.connection === null ? [] : [`Connection: ${slackText(message.connection.name)}`]),
    ...causeLines(message).map((line) => `• ${slackText(line.slice(2))}`),
    ...(kind === 'resolved' ? [] : [slackText(message.advice)]),
  ];
  const context = `${message.alert} · since ${message.opened_at}${message.resolved_at === null ? '' : ` until ${message.resolved_at}`}`;
  return slackMessage(headline(rendered), facts, context, link);
}

export function slackMessage(title: string, facts: readonly string[], context: string, link: string | null): unknown {
  return {
    text: slackText(title) + (link === null ? '' : ` <${link}>`),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, SLACK_HEADER_MOST) } },
      { type: 'section', text: { type: 'mrkdwn', text: cut(facts.join('\n'), SLACK_SECTION_MOST) } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: context }] },
      ...(link === null
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: link }] }]),
    ],
  };
}

const PAGERDUTY_SUMMARY_MOST = 1_024;

/** PagerDuty Events API v2. One incident for each alert: `dedup_key` is the alert's, whichever message it is. */
export function pagerDutyBody(rendered: Rendered, routingKey: string): unknown {
  const { message, link, kind } = rendered;
  const base = { routing_key: routingKey, dedup_key: `integration-hub/${message.alert}` };
  if (kind === 'resolved') return { ...base, event_action: 'resolve' };
  if (kind === 'acknowledged') return { ...base, event_action: 'acknowledge' };
  return {
    ...base,
    event_action: 'trigger',
    client: 'Integration Hub',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'Open in the hub' }] }),
    payload: {
      summary: cut(headline(rendered), PAGERDUTY_SUMMARY_MOST),
      source: message.tenant.name,
      severity: message.severity,
      timestamp: message.opened_at,
      component: message.connection?.name ?? 'hub',
      group: message.rule,
      class: message.rule_title,
      custom_details: {
        advice: message.advice,
        tenant_id: message.tenant.id,
        connection_id: message.connection?.id ?? null,
        news: message.news,
        causes: causeLines(message).map((line) => line.slice(2)),
      },
    },
  };
}

/** What a webhook gets; its type is `alert.triggered`, `alert.worse`, `alert.reminder`, `alert.resolved` or `alert.test`. */
export function webhookBody({ kind, message, link }: Rendered, now: Date): string {
  return JSON.stringify({ type: `alert.${kind}`, timestamp: now.toISOString(), data: { ...message, link } });
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
