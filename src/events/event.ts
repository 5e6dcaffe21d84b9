import type { Architecture, IgnoreReason, OfferForm } from '../proxydhcp/types.ts'

/**
 * Everything that can happen while serving, as a closed union. `atMs` is wall-clock
 * milliseconds since 1970; `mac` is lower-case with colons. Subscribers fold these into
 * log lines, boot stories, metrics and history; nothing else knows what happened.
 */
export type ServeEvent = { readonly atMs: number } & Happening

/** An event before it is given its time. */
export type Happening = NodeEvent | InterfaceEvent | ArtifactEvent | ServiceEvent

export interface NodeReference {
  readonly mac: string
  readonly interface: string
  readonly uuid?: string
  readonly address?: string
  readonly architecture?: Architecture
}

export type NodeEvent =
  | ({
      readonly type: 'dhcp.offered'
      readonly form: OfferForm
      readonly gives: 'file' | 'script' | 'httpBoot'
      readonly bootFile: string
      readonly server: string
      /** How long the node had been asking, as it says itself (`secs`); absent for less than a second. */
      readonly waitedSeconds?: number
    } & NodeReference)
  | ({
      readonly type: 'dhcp.acknowledged'
      readonly bootFile: string
      readonly server: string
    } & NodeReference)
  /** The node asked again soon after our offer: its firmware ignored the direct form. */
  | ({ readonly type: 'dhcp.fallback'; readonly from: OfferForm; readonly to: OfferForm } & NodeReference)
  | ({
      readonly type: 'dhcp.ignored'
      readonly reason: IgnoreReason | string
      readonly detail: string
    } & NodeReference)
  /** The node took its address from the site's DHCP server (seen in its broadcast REQUEST). */
  | ({
      readonly type: 'dhcp.leased'
      readonly dhcpServer: string
      readonly stage: 'firmware' | 'ipxe' | 'system'
    } & NodeReference)
  | ({ readonly type: 'ipxe.seen'; readonly version?: string } & NodeReference)
  | ({
      readonly type: 'tftp.requested'
      readonly transfer: number
      readonly file: string
      readonly blockSize: number
      readonly windowSize: number
    } & NodeReference)
  | ({ readonly type: 'tftp.probed'; readonly transfer: number; readonly file: string } & NodeReference)
  | ({
      readonly type: 'tftp.progress'
      readonly transfer: number
      readonly file: string
      readonly sentBytes: number
      readonly totalBytes: number
    } & NodeReference)
  | ({
      readonly type: 'tftp.completed'
      readonly transfer: number
      readonly file: string
      readonly totalBytes: number
      readonly durationMs: number
      readonly resentBlocks: number
    } & NodeReference)
  | ({
      readonly type: 'tftp.failed'
      readonly transfer: number
      readonly file: string
      readonly reason: TransferFailure
      readonly detail: string
      readonly block: number
      readonly sentBytes: number
      readonly totalBytes: number
    } & NodeReference)
  | ({
      readonly type: 'tftp.refused'
      readonly file: string
      readonly reason: string
      readonly code: number
    } & NodeReference)
  | ({
      readonly type: 'http.served'
      readonly file: string
      readonly totalBytes: number
      readonly durationMs: number
    } & NodeReference)

export type TransferFailure =
  /** Our OACK or first DATA was never acknowledged. */
  | 'never-acknowledged'
  /** Acknowledgements stopped part-way. */
  | 'stopped-acknowledging'
  | 'client-error'
  | 'server-stopping'

export type InterfaceEvent =
  | { readonly type: 'interface.listening'; readonly interface: string; readonly address: string }
  | {
      readonly type: 'interface.waiting'
      readonly interface: string
      readonly reason: 'missing' | 'down' | 'no-ipv4'
    }
  | {
      readonly type: 'interface.readdressed'
      readonly interface: string
      readonly address: string
      readonly previous: string
    }
  | {
      readonly type: 'interface.failed'
      readonly interface: string
      readonly code: string
      readonly message: string
    }
  | {
      readonly type: 'packet.dropped'
      readonly interface: string
      readonly reason: string
      readonly detail: string
      /** Datagrams that this stands for, in a flood; absent: one. */
      readonly count?: number
    }

export type ArtifactEvent =
  | {
      readonly type: 'artifact.loaded'
      readonly architecture: Architecture
      readonly path: string
      readonly sizeBytes: number
      readonly sha256: string
    }
  | {
      readonly type: 'artifact.missing'
      readonly architecture: Architecture
      readonly path: string
      readonly message: string
      /** The bytes that were read before go on being served; absent: such nodes are not answered. */
      readonly stillServed?: true
    }
  | { readonly type: 'artifact.refreshed'; readonly sha256: string; readonly sizeBytes: number }
  | { readonly type: 'artifact.unchanged' }
  | { readonly type: 'artifact.refresh-failed'; readonly code: string; readonly message: string }
  | { readonly type: 'artifact.trust-mismatch'; readonly trusted: string; readonly served: string }
  | { readonly type: 'artifact.certificate-expiring'; readonly expiresAtMs: number }

export type ServiceEvent =
  | { readonly type: 'service.started'; readonly version: string; readonly interfaces: readonly string[] }
  | { readonly type: 'service.reloaded' }
  | { readonly type: 'service.reload-failed'; readonly message: string }
  | { readonly type: 'service.draining'; readonly transfers: number }
  | { readonly type: 'service.stopped' }

export type EventSink = (event: ServeEvent) => void
