import { jsonReply, type Exchange, type Reply } from '../../../kernel/http-frame';
import { sfId18 } from '../salesforce.ids';
import { type OrgUser } from '../salesforce.org';
import { type Session } from './oauth-store';
import { type OAuthParts } from './token.handler';

const plain = (status: number, text: string): Reply => ({
  status,
  headers: { 'content-type': 'text/html;charset=UTF-8' },
  body: text,
});

function readSession(parts: OAuthParts, { headers, query }: Exchange): Session | Reply {
  const token =
    /^(?:Bearer|OAuth) (\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? query.get('oauth_token') ?? undefined;
  if (token === undefined) return plain(403, 'Missing_OAuth_Token');
  return parts.store.session(token) ?? plain(403, 'Bad_OAuth_Token');
}

/** `GET /services/oauth2/userinfo` */
export function handleUserInfo(parts: OAuthParts, exchange: Exchange): Reply {
  const session = readSession(parts, exchange);
  if ('status' in session) return session;
  const user = session.org.users.find(({ id }) => id === session.userId);
  return user ? jsonReply(200, describeUser(parts, session, user)) : plain(404, 'Bad_Id');
}

/** `GET /id/{org}/{user}`: another org's token learns nothing, not even whether the user exists. */
export function handleIdentity(parts: OAuthParts, exchange: Exchange, orgId: string, userId: string): Reply {
  const session = readSession(parts, exchange);
  if ('status' in session) return session;
  if (sfId18(orgId) !== session.org.id) return plain(403, 'Wrong_Org');
  const user = session.org.users.find(({ id }) => id === sfId18(userId));
  return user ? jsonReply(200, describeIdentity(parts, session, user)) : plain(404, 'Bad_Id');
}

function urls(parts: OAuthParts, session: Session, user: OrgUser): Record<string, string> {
  const base = parts.instanceUrl(session.org);
  return {
    rest: `${base}/services/data/v{version}/`,
    sobjects: `${base}/services/data/v{version}/sobjects/`,
    query: `${base}/services/data/v{version}/query/`,
    profile: `${base}/${user.id}`,
    custom_domain: base,
  };
}

function describeIdentity(parts: OAuthParts, session: Session, user: OrgUser): object {
  return {
    id: `${parts.loginUrl()}/id/${session.org.id}/${user.id}`,
    asserted_user: true,
    user_id: user.id,
    organization_id: session.org.id,
    username: user.username,
    nick_name: user.username.split('@')[0],
    display_name: `${user.firstName} ${user.lastName}`,
    email: user.email,
    email_verified: true,
    first_name: user.firstName,
    last_name: user.lastName,
    timezone: 'GMT',
    urls: urls(parts, session, user),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    is_app_installed: true,
  };
}

function describeUser(parts: OAuthParts, session: Session, user: OrgUser): object {
  return {
    sub: `${parts.loginUrl()}/id/${session.org.id}/${user.id}`,
    user_id: user.id,
    organization_id: session.org.id,
    preferred_username: user.username,
    nickname: user.username.split('@')[0],
    name: `${user.firstName} ${user.lastName}`,
    email: user.email,
    email_verified: true,
    given_name: user.firstName,
    family_name: user.lastName,
    zoneinfo: 'GMT',
    urls: urls(parts, session, user),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
  };
}
