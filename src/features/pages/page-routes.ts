import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { assetHeaders, embedHeaders, pageHeaders } from './page-headers.ts';
import type { Site } from './site.ts';
import { SiteFile } from './site-file.ts';

/** Shown in place of the page where it was not built. */
const NOT_BUILT = new SiteFile({
  bytes: new TextEncoder().encode(
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>roomcast</title>\n<h1>The page is not built yet</h1>\n' +
      '<p>The server runs, and streams can be published and played. Run <code>npm run build --workspace web</code> in the ' +
      'folder of roomcast and start it again, or start it with <code>npm start</code>, which does that by itself.</p>\n</html>\n',
  ),
  type: 'text/html; charset=utf-8',
});

/** The page of the server’s owner; no room has this address. */
const ADMIN = 'admin';

interface Answer {
  file: SiteFile;
  headers: Record<string, string>;
  status?: number;
}

/** The pages and what they are made of. */
export function pageRoutes({ settings, services, http }: App, site: Site): Route[] {
  const index = site.get('index.html') ?? NOT_BUILT;
  const embed = site.get('embed.html') ?? index;

  const asset = (name: string): Answer => {
    const file = site.get(name);
    if (!file || name.endsWith('.html')) throw new NotFound();
    // Only names with a hash in them, as the build gives them, never change their content.
    const headers = name.startsWith('assets/')
      ? assetHeaders()
      : { 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' };
    return { file, headers };
  };

  return [
    {
      method: 'GET',
      url: '/',
      access: 'anyone',
      summary: 'The page of live rooms.',
      handle: (request, reply) =>
        send(request, reply, { file: index, headers: pageHeaders(http.isTrustworthy(request.raw)) }),
    },
    {
      method: 'GET',
      url: '/:slug',
      access: 'anyone',
      summary: 'A room’s page. A room that does not exist gets the same page, which says so, with status 404.',
      handle(request, reply) {
        const { slug } = request.params as { slug: string };
        if (slug === 'api') throw new NotFound();
        if (site.has(slug) && !slug.endsWith('.html')) return send(request, reply, asset(slug));
        return send(request, reply, {
          file: index,
          headers: pageHeaders(http.isTrustworthy(request.raw)),
          status: slug === ADMIN || services.rooms.has(slug) ? 200 : 404,
        });
      },
    },
    {
      method: 'GET',
      url: '/embed/:slug',
      access: 'anyone',
      summary: 'The bare player of a room, for frames of other sites.',
      handle(request, reply) {
        const { slug } = request.params as { slug: string };
        const status = services.rooms.has(slug) ? 200 : 404;
        const headers = embedHeaders(http.isTrustworthy(request.raw), settings.frameAncestors);
        return send(request, reply, { file: embed, headers, status });
      },
    },
    {
      method: 'GET',
      url: '/assets/*',
      access: 'anyone',
      summary: 'Scripts, styles and pictures of the pages.',
      handle: (request, reply) => send(request, reply, asset(`assets/${(request.params as { '*': string })['*']}`)),
    },
  ];
}

function send(request: FastifyRequest, reply: FastifyReply, { file, headers, status = 200 }: Answer): FastifyReply {
  const { 'if-none-match': known, 'accept-encoding': accept } = request.headers;
  void reply.headers(headers).header('ETag', file.etag);
  if (status === 200 && known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag))
    return reply.code(304).send();
  const { bytes, encoding } = file.for(accept);
  if (encoding) void reply.header('Content-Encoding', encoding);
  return reply.code(status).type(file.type).send(bytes);
}
