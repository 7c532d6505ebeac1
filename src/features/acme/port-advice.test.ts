import { expect, test } from 'vitest';
import { ListenError } from '../../io/listen.ts';
import { portAdvice } from './port-advice.ts';

test('a port that another program has is told with what to do', () => {
  const error = new ListenError('port-taken', 'Port 80 is used by another program.', { port: 80, cause: undefined });
  expect(portAdvice(error, 'tls.acme.http')).toMatch(
    /^Port 80 is used by another program\. Often that is a web server: “(?:ss|lsof) .*:80\b.*” names it, if asked as root\. Stop it, or listen on another port \(tls\.acme\.http\) and have 80 forwarded to it\.$/,
  );
});

test('a port of the system is told with the ways to get it', () => {
  const error = new ListenError('bad-config', 'This user may not listen on port 443.', { port: 443, cause: undefined });
  const words = portAdvice(error, '--https');
  for (const way of ['AmbientCapabilities', 'setcap', 'authbind', '--https', 'have 443 forwarded'])
    expect(words).toContain(way);
});

test('an address of another machine is told as it is', () => {
  const error = new ListenError('bad-config', '192.0.2.1 is not an address.', { port: 8080, cause: undefined });
  expect(portAdvice(error, '--https')).toBe('192.0.2.1 is not an address.');
});
