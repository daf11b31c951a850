/**
 * What a page of ours may do. No outside host and no inline script at all. Beyond `'self'`:
 * - `worker-src`: maplibre-gl's worker and our own come as files, so no `blob:` is needed;
 * - `img-src blob: data:`: maplibre-gl and deck.gl make images in memory;
 * - `media-src blob:`: MediaSource;
 * - `style-src-attr 'unsafe-inline'`: chart tooltips carry style attributes; style elements stay forbidden.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of every answer. @param secure whether browsers reach this server by HTTPS */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'geolocation=(self), camera=(self), microphone=(), payment=(), usb=()',
    ...(secure ? { 'Strict-Transport-Security': 'max-age=15552000' } : {}),
  }
}
