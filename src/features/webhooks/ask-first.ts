import { type Access, type Grant, PROGRAM } from '../../live/access.ts';
import { slugOfPath } from '../../live/path.ts';
import type { App } from '../../plugin.ts';
import { DecidedSessions } from './decided-sessions.ts';
import type { DecisionHooks, DecisionQuestion } from './decision-hooks.ts';

/** Has other servers asked once all else is allowed, and again while what they allow goes on, until that is closed. */
export function askFirst({ hub, scheduler, services }: App, decisions: DecisionHooks): DecidedSessions {
  const about = (access: Access, grant: Grant): DecisionQuestion | undefined => {
    const slug = slugOfPath(grant.path ?? access.path);
    const room = slug === undefined ? undefined : services.rooms.idOf(slug);
    if (slug === undefined || room === undefined || access.protocol === PROGRAM) return undefined;
    return { what: access.action, room, slug, ...detailsOf(access, grant) };
  };
  const decided = new DecidedSessions({
    hub,
    scheduler,
    async ask({ id: session, access, grant }) {
      const question = about(access, grant);
      if (!question) return undefined;
      return (await decisions.ask({ ...question, data: { ...question.data, session }, again: true })).until;
    },
    failsClosed({ access, grant }) {
      const question = about(access, grant);
      return question !== undefined && decisions.failsClosed(question.what, question.room);
    },
  });
  hub.confirm((access, grant) => {
    const question = about(access, grant);
    if (!question || !decisions.concerns(question.what, question.room)) return undefined;
    return decisions.ask(question).then(({ until }) => decided.admit(access, until));
  });
  services.chat.ask(async (slug, speaker, text) => {
    const room = services.rooms.idOf(slug);
    if (room === undefined) return undefined;
    const { id, name, kind } = speaker.identity ?? {};
    const data = { text, user: { id, kind, name, role: services.rooms.roleOf(slug, speaker) } };
    const { hold } = await decisions.ask({ what: 'chat', room, slug, data });
    return hold ? 'hold' : undefined;
  });
  return decided;
}

/** What is told of a session, and who asks while a viewer's decision is remembered: account or pass, else address and program. */
function detailsOf(access: Access, { identity, keyId }: Grant): Pick<DecisionQuestion, 'data' | 'who'> {
  const { action, protocol, remote } = access;
  const { address, agent } = remote;
  const user = identity && { id: identity.id, kind: identity.kind, name: identity.name };
  if (action === 'publish') return { data: { protocol, address, agent, user, key: keyId } };
  return { data: { protocol, address, agent, user }, who: identity?.id ?? `${address} ${agent ?? ''}` };
}
