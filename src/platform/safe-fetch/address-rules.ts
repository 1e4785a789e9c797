import { BlockList, isIP } from 'node:net'

/** Everything that no stranger may make us talk to, as `network/prefix`. */
const REFUSED_IPV4 = [
  '0.0.0.0/8', // this host
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier NAT; metadata service of Alibaba Cloud
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's host agent, although the address is a public one
  '169.254.0.0/16', // link-local; metadata service of most clouds
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments; metadata service of Oracle Cloud
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]

/**
 * Global unicast. Outside it lie loopback, link-local, unique local and multicast addresses, and
 * those with an IPv4 address inside: mapped, compatible, NAT64.
 */
const ACCEPTED_IPV6 = ['2000::/3']

/** Parts of global unicast that nobody has, or that lead to an IPv4 address. */
const REFUSED_IPV6 = [
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3fff::/20', // documentation
]

const refused = networks([...REFUSED_IPV4, ...REFUSED_IPV6])
const acceptedIpv6 = networks(ACCEPTED_IPV6)

/**
 * Tells whether an address is one of the public internet. A text that is no address, or one with a
 * zone, is not.
 *
 * @see IANA's registries of special-purpose addresses (RFC 6890)
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused.check(address, 'ipv4')
    case 6:
      // BlockList throws at a zone.
      if (address.includes('%')) return false
      return acceptedIpv6.check(address, 'ipv6') && !refused.check(address, 'ipv6')
    default:
      return false
  }
}

/** Tells whether an address is one of those, in whatever spelling, mapped to IPv6 or not. */
export function isAmong(address: string, addresses: readonly string[]): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false
  const list = new BlockList()
  for (const one of addresses) list.addAddress(one, familyOf(one))
  return list.check(address, familyOf(address))
}

function networks(subnets: readonly string[]): BlockList {
  const list = new BlockList()
  for (const subnet of subnets) {
    const [network = '', prefix] = subnet.split('/')
    list.addSubnet(network, Number(prefix), familyOf(network))
  }
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
