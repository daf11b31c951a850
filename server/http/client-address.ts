import type { IncomingMessage } from 'node:http'

import ipaddr from 'ipaddr.js'

/** Where a request really comes from: the last address of X-Forwarded-For that is not a trusted proxy. */
export function createClientAddress(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const networks = trustedProxies.map((cidr) => ipaddr.parseCIDR(cidr))
  const isTrusted = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false
    const parsed = ipaddr.process(address)
    return networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits))
  }
  return (request) => {
    let address = request.socket.remoteAddress ?? 'unknown'
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
    while (isTrusted(address)) {
      const previous = forwarded.pop()?.trim()
      if (previous === undefined || !ipaddr.isValid(previous)) break
      address = previous
    }
    return address
  }
}
