import { ipKeyGenerator } from 'express-rate-limit'

/** Whoever has one IPv6 address has a block of them; the smallest that providers give out. */
const IPV6_PREFIX_BITS = 56

/** The address that a client counts by: an IPv4 address as it is, of an IPv6 address its /56. */
export function networkOf(address: string): string {
  return ipKeyGenerator(address, IPV6_PREFIX_BITS)
}
