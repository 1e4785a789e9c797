import type { Upgrades } from '../http/listen.ts'

/** Upgrades of several kinds on one listener: the first that calls a request its own takes it. */
export function anyUpgrades(...kinds: readonly Upgrades[]): Upgrades {
  const ownerOf = (request: Parameters<Upgrades['isMine']>[0]) =>
    kinds.find((kind) => kind.isMine(request))
  return {
    isMine: (request) => ownerOf(request) !== undefined,
    upgrade(request, socket, head) {
      const owner = ownerOf(request)
      if (owner === undefined) socket.destroy()
      else owner.upgrade(request, socket, head)
    },
  }
}
