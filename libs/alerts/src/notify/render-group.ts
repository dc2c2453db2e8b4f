import { type AlertMessages, type NotificationKind } from '../store/alert.types';
import { endLines, opening, slackMessage, slackText, type Mailing } from './render';

/** One message about several alerts: of one rule, one kind, one severity and, where they are over, one way in which. */
export interface RenderedGroup {
  /** Public id of the first of its notices: constant, however often it is sent. */
  readonly id: string;
  readonly kind: NotificationKind;
  readonly messages: AlertMessages;
  /** To the list in the portal; null when the operator has not said where the portal is. */
  readonly link: string | null;
}

const MOST_NAMED = 10;

function groupHeadline({ kind, messages }: RenderedGroup): string {
  return `${opening(kind, messages[0])}${messages.length} alerts: ${messages[0].rule_title}`;
}

/** The first of them by name, and what is new of each. */
function alertLines({ messages }: RenderedGroup): string[] {
  const named = messages.slice(0, MOST_NAMED).map(({ title, news }) => [title, ...news].join('; '));
  const rest = messages.length - named.length;
  return rest === 0 ? named : [...named, `and ${rest} more`];
}

/** A thread of its own: what follows of one alert is about that alone. */
export function groupMail(group: RenderedGroup): Mailing {
  const { messages, kind, link, id } = group;
  const [first] = messages;
  const lines = [
    groupHeadline(group),
    '',
    ...alertLines(group).map((line) => `- ${line}`),
    ...endLines(kind, first),
    '',
    `Rule: ${first.rule_title} (${first.severity})`,
    `Tenant: ${first.tenant.name}`,
    ...(kind === 'resolved' ? [] : ['', `What to do: ${first.advice}`]),
    ...(link === null ? [] : ['', link]),
  ];
  return {
    subject: `[${first.severity}] ${groupHeadline(group)}`,
    text: lines.join('\n'),
    messageId: id,
    inReplyTo: null,
  };
}

export function groupSlackBody(group: RenderedGroup): unknown {
  const { messages, kind, link } = group;
  const [first] = messages;
  const facts = [
    ...alertLines(group).map((line) => `• ${slackText(line)}`),
    ...endLines(kind, first),
    `*${slackText(first.rule_title)}* (${first.severity}) · ${slackText(first.tenant.name)}`,
    ...(kind === 'resolved' ? [] : [slackText(first.advice)]),
  ];
  return slackMessage(groupHeadline(group), facts, `${messages.length} alerts`, link);
}
