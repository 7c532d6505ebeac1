import type { ListenError } from '../../io/listen.ts';

/** Says why a port of the web cannot be listened on, and what to do. `option`: what names another port. */
export function portAdvice({ code, port, message }: ListenError, option: string): string {
  const other = `or listen on another port (${option}) and have ${port} forwarded to it`;
  if (code === 'port-taken') {
    return `${message} Often that is a web server: ${ownerCommand(port)} names it, if asked as root. Stop it, ${other}.`;
  }
  if (port > 0 && port < 1024) {
    return (
      `${message} Give the service the right to them (AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit), ` +
      `the program (setcap cap_net_bind_service=+ep, on the node that runs it) or use authbind, ${other}.`
    );
  }
  return message;
}

/** What lists who listens on a port; `ss` comes with every Linux, `lsof` with every other Unix. */
function ownerCommand(port: number): string {
  return process.platform === 'linux' ? `“ss -ltnp sport = :${port}”` : `“lsof -nP -iTCP:${port} -sTCP:LISTEN”`;
}
