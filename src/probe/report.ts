import type { OfferKind } from '../node/offer.ts'
import type { NodeKindName } from './kinds.ts'
import type { Probe } from './probe.ts'

/** `emf-pxe/probe/1`: plain data. Times are milliseconds after the question. */
export interface ProbeReport {
  readonly as: NodeKindName
  readonly interface: string
  readonly mac: string
  readonly answers: readonly {
    readonly server: string
    readonly sender: string
    readonly afterMs: number
    readonly kind: OfferKind
    readonly offeredAddress: string | null
    readonly file: string | null
    readonly nextServer: string | null
    readonly vendorClass: string | null
    readonly dropped: string | null
    readonly chosen: boolean
  }[]
  readonly choice: {
    readonly kind: 'fetch' | 'askBootServer' | 'none'
    readonly server: string | null
    readonly why: string
    readonly screenCode: string | null
  }
  readonly bootServer: {
    readonly server: string
    readonly answered: boolean
    readonly afterMs: number | null
    readonly file: string | null
  } | null
  readonly file: {
    readonly server: string
    readonly name: string
    readonly fetched: boolean
    readonly problem: string | null
    readonly sizeBytes: number | null
    readonly durationMs: number | null
    readonly blockBytes: number | null
    readonly windowSize: number | null
    readonly retries: number | null
    readonly sha256: string | null
    /** Compared with the file that this machine would serve; null where there is none. */
    readonly sameAsLocal: boolean | null
  } | null
}

export function probeReport(
  asked: { readonly as: NodeKindName; readonly interface: string; readonly mac: string },
  { answers, choice, bootServer, file }: Probe,
  localSha256: string | undefined,
): ProbeReport {
  const chosen = choice.kind === 'none' ? undefined : choice.offer
  return {
    ...asked,
    answers: answers.map(({ offer, sender, afterMs, offeredAddress, vendorClass, dropped }) => ({
      server: offer.server,
      sender,
      afterMs: rounded(afterMs),
      kind: offer.kind,
      offeredAddress: offeredAddress ?? null,
      file: offer.bootFile ?? null,
      nextServer: offer.packet.siaddr === '0.0.0.0' ? null : offer.packet.siaddr,
      vendorClass: vendorClass ?? null,
      dropped: dropped ?? null,
      chosen: chosen?.packet === offer.packet,
    })),
    choice: {
      kind: choice.kind,
      server: chosen?.server ?? null,
      why: choice.why,
      screenCode: choice.kind === 'none' ? choice.screenCode : null,
    },
    bootServer: bootServer
      ? {
          server: bootServer.server,
          answered: bootServer.answered,
          afterMs: bootServer.afterMs === undefined ? null : rounded(bootServer.afterMs),
          file: bootServer.file ?? null,
        }
      : null,
    file: file ? fileReport(file, localSha256) : null,
  }
}

function fileReport({ server, name, result }: NonNullable<Probe['file']>, localSha256: string | undefined) {
  const fetched = result?.ok ? result : undefined
  return {
    server,
    name,
    fetched: fetched !== undefined,
    problem: result === undefined || result.ok ? null : result.detail,
    sizeBytes: fetched?.sizeBytes ?? null,
    durationMs: fetched === undefined ? null : rounded(fetched.durationMs),
    blockBytes: fetched?.blockBytes ?? null,
    windowSize: fetched?.windowSize ?? null,
    retries: fetched?.retries ?? null,
    sha256: fetched?.sha256 ?? null,
    sameAsLocal: fetched === undefined || localSha256 === undefined ? null : fetched.sha256 === localSha256,
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
