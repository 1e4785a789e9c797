/** What `system/stats` tells of the sockets of this process. */
export type SocketStats = {
  readonly activeConnections: number
  /** Of all sockets together; tasks that have ended are followed no more. */
  readonly totalTaskSubscriptions: number
  /** Tasks that at least one socket follows. */
  readonly uniqueSubscribedTasks: number
}

/** Seconds between two looks at a socket. */
export const HEARTBEAT_INTERVAL_SECONDS = 30

/** Seconds after which a socket that nothing was heard from is closed. */
export const CONNECTION_TIMEOUT_SECONDS = 300
