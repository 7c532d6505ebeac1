import type { Address } from './address.ts';
import type { Values } from './schema.ts';

/** Certificates, in one of three ways: files of the operator, an authority that is asked for them, or our own signature. */
export const tlsOptions = {
  cert: {
    type: 'text',
    format: 'file',
    flag: 'FILE',
    description:
      'PEM file of the certificate, then those that lead from it to its authority (fullchain.pem). With tls.key it turns TLS on. Read again when it changes.',
  },
  key: {
    type: 'text',
    format: 'file',
    flag: 'FILE',
    description: 'PEM file of the key that belongs to tls.cert, without a password.',
  },
  selfSigned: {
    type: 'switch',
    default: false,
    flag: '',
    description:
      'Turns TLS on with a certificate that the server signs itself, for a private network: browsers warn of it. “tls: self-signed” is the same.',
  },
  redirect: {
    type: 'switch',
    default: false,
    flag: '',
    description:
      'Sends browsers that open a page over http to the same page over https. Media and API stay where they are asked for.',
  },
  acme: {
    type: 'group',
    description: 'Certificates from an authority that speaks ACME, as Let’s Encrypt does; renewed by itself.',
    options: {
      domains: {
        type: 'list',
        items: { type: 'text', format: 'domain', description: 'A name under which people reach this server.' },
        default: [],
        description:
          'The names in the certificate; the first turns TLS on. They have to lead to this server from the internet.',
      },
      email: {
        type: 'text',
        format: 'email',
        description: 'Where the authority writes when something is wrong with a certificate.',
      },
      directory: {
        type: 'text',
        format: 'https-url',
        default: 'https://acme-v02.api.letsencrypt.org/directory',
        description: 'The authority. Whoever asks it for a certificate agrees to its terms of service.',
      },
      http: {
        type: 'text',
        format: 'address',
        default: ':80',
        description: 'Where the authority’s questions are answered; everything else is sent on to https from there.',
      },
    },
  },
} as const;

/** What of TLS is set, checked and filled in. */
export type TlsSettings = Values<typeof tlsOptions>;

/** Where certificates come from; undefined where TLS is off. */
export function tlsSource(tls: TlsSettings): 'files' | 'acme' | 'self-signed' | undefined {
  if (tls.cert !== undefined && tls.key !== undefined) return 'files';
  if (tls.acme.domains.length > 0) return 'acme';
  return tls.selfSigned ? 'self-signed' : undefined;
}

/** What listens over TLS when nobody says where. An authority and the visitors of its names come to the usual port. */
const HTTPS_PORT = 8443;
const ACME_HTTPS_PORT = 443;
const RTMPS_PORT = 1936;

/** Where it is listened over TLS, as set or else by default; where TLS is off, what is set is an error elsewhere. */
export function secureAddresses({ tls, https, rtmps }: Secured): { https?: Address; rtmps?: Address } {
  const source = tlsSource(tls);
  if (source === undefined) return {};
  return {
    https: https ?? { port: source === 'acme' ? ACME_HTTPS_PORT : HTTPS_PORT },
    rtmps: rtmps ?? { port: RTMPS_PORT },
  };
}

/** The options that TLS is about. */
interface Secured {
  readonly tls: TlsSettings;
  readonly https?: Address | undefined;
  readonly rtmps?: Address | undefined;
  readonly ircs?: Address | undefined;
}

/** Rules that join the options of TLS. `name` is the option that a problem is about. */
export function* tlsProblems({ tls, https, rtmps, ircs }: Secured): Generator<{ name: string; message: string }> {
  const [given, missing] = tls.cert === undefined ? ['tls.key', 'tls.cert'] : ['tls.cert', 'tls.key'];
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    yield { name: given, message: `“${given}” needs “${missing}” beside it: a certificate and its key are two files.` };
  }
  const sources = [
    ...(tls.cert === undefined && tls.key === undefined ? [] : [given]),
    ...(tls.acme.domains.length > 0 ? ['tls.acme.domains'] : []),
    ...(tls.selfSigned ? ['tls.selfSigned'] : []),
  ];
  const [first, second] = sources;
  if (second !== undefined) {
    const message = `“${first}” and “${second}” exclude each other: certificates come from files, from an authority, or are self-signed.`;
    yield { name: second, message };
  }
  if (sources.length > 0) return;
  const idle: readonly (readonly [string, boolean])[] = [
    ['https', https !== undefined],
    ['rtmps', rtmps !== undefined],
    ['ircs', ircs !== undefined],
    ['tls.redirect', tls.redirect],
    ['tls.acme.email', tls.acme.email !== undefined],
  ];
  for (const [name, isSet] of idle) {
    const message = `“${name}” needs a certificate: set tls.cert and tls.key, tls.acme.domains, or “tls: self-signed”.`;
    if (isSet) yield { name, message };
  }
}
