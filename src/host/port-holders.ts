import { findSocketProcesses, type ProcessFacts, readProcess } from './process.ts'
import { type BoundSocket, readSocketTable, type TransportName } from './socket-table.ts'

/** Somebody who has a port open. */
export interface PortHolder {
  readonly socket: BoundSocket
  /** Undefined when the process cannot be seen: another user's, or in another container. */
  readonly process: ProcessFacts | undefined
}

/** Everybody in this network namespace who has the port open, ourselves included. */
export function findPortHolders(transport: TransportName, port: number): PortHolder[] {
  const sockets = readSocketTable(transport).filter((socket) => socket.port === port)
  const processes = findSocketProcesses(new Set(sockets.map((socket) => socket.inode)))
  return sockets.map((socket) => {
    const pid = processes.get(socket.inode)
    return { socket, process: pid === undefined ? undefined : readProcess(pid) }
  })
}

/** Those whose address collides with `address`: the same one, or either of them every address. */
export function findPortConflicts(transport: TransportName, address: string, port: number): PortHolder[] {
  return findPortHolders(transport, port).filter(({ socket }) => overlaps(socket.address, address))
}

function overlaps(one: string, other: string): boolean {
  const everything = ['0.0.0.0', '::']
  return one === other || everything.includes(one) || everything.includes(other)
}
