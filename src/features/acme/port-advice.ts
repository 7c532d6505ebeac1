import type { ListenError } from '../../io/listen.ts';

/** Says why a port of the web cannot be listened on, and what to do. `option`: what names another port. */
export function portAdvice({ code, port, message, right }: ListenError, option: string): string {
  const other = `listen on another port (${option}) and have ${port} forwarded to it`;
  if (code === 'port-taken') {
    return `${message} Often that is a web server: ${ownerCommand(port)} names it, if asked as root. Stop it, or ${other}.`;
  }
  return right === undefined ? message : `${message} ${right} Or ${other}.`;
}

/** What lists who listens on a port; `ss` comes with every Linux, `lsof` with every other Unix. */
function ownerCommand(port: number): string {
  return process.platform === 'linux' ? `“ss -ltnp sport = :${port}”` : `“lsof -nP -iTCP:${port} -sTCP:LISTEN”`;
}
