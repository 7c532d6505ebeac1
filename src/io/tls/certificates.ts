import type { Scheduler } from '../../live/scheduler.ts';
import type { Logger } from '../../log.ts';
import { CertificateFiles } from './certificate-files.ts';
import type { IdentityFiles } from './identity.ts';
import { SelfSigned } from './self-signed.ts';
import { Tls } from './tls.ts';

export interface CertificatesOptions {
  /** Files of the operator, our own signature, or an authority: until that one has answered, our own stands in. */
  source: 'files' | 'self-signed' | 'acme';
  /** For `files`. */
  files?: IdentityFiles | undefined;
  /** The data folder. */
  folder: string;
  /** Names of this server besides those that the machine knows. */
  names: readonly string[];
  log: Logger;
  scheduler: Scheduler;
}

/** What the secure listeners show, and what keeps it fresh. */
export interface Certificates {
  readonly tls: Tls;
  /** Looks at once whether there is a new certificate. */
  reload(): Promise<void>;
  close(): void;
}

/** Opens the source that the operator chose. Throws `bad-config` for files that cannot be used. */
export async function openCertificates(options: CertificatesOptions): Promise<Certificates> {
  const { source, files, scheduler } = options;
  if (source === 'files' && files) {
    const watched = new CertificateFiles({ files, log: options.log, scheduler });
    const tls = new Tls({ identity: await watched.read(), scheduler });
    watched.follow(tls);
    return certificates(tls, watched, () => watched.reload());
  }
  const own = new SelfSigned(options);
  const tls = new Tls({ identity: await own.open(), scheduler });
  if (source === 'self-signed') own.follow(tls);
  return certificates(tls, own, async () => {});
}

function certificates(tls: Tls, source: { close(): void }, reload: () => Promise<void>): Certificates {
  const close = (): void => {
    source.close();
    tls.close();
  };
  return { tls, reload, close };
}
