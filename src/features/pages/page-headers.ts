/** What our pages use; everything else is off, for us and for whatever runs in them. */
const PERMISSIONS =
  'accelerometer=(), autoplay=(self), camera=(), display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), ' +
  'magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(self), screen-wake-lock=(self), serial=(), usb=()';

/**
 * The policy of every page. Media Source plays from a `blob:` address; everything else comes from here and nothing is
 * inline. `'self'` covers the sockets too (CSP 3 §6.7.2.8; Safari since 16).
 */
function policy(frameAncestors: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}

/** Headers of the room page and its like: framed by nobody but ourselves. `trustworthy`: by TLS, or on this machine. */
export function pageHeaders(trustworthy: boolean): Record<string, string> {
  return {
    'Content-Security-Policy': policy("'self'"),
    // Elsewhere browsers do not heed it, and Chromium calls that an error in the console of everybody who looks.
    ...(trustworthy ? { 'Cross-Origin-Opener-Policy': 'same-origin' } : {}),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': PERMISSIONS,
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Encoding',
  };
}

/** Headers of `/embed/SLUG`, which other sites may show in a frame. */
export function embedHeaders(trustworthy: boolean, frameAncestors: readonly string[]): Record<string, string> {
  return {
    ...pageHeaders(trustworthy),
    'Content-Security-Policy': policy(frameAncestors.length > 0 ? frameAncestors.join(' ') : "'none'"),
    'Cross-Origin-Resource-Policy': 'cross-origin',
  };
}

/** Headers of files whose name changes with their content. */
export function assetHeaders(): Record<string, string> {
  return { 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' };
}
