import type { OfferKind } from '../node/offer.ts'
import type { BootServerStep } from './boot-server.ts'
import { isHttpOffer } from './choose.ts'
import type { Answer } from './discover.ts'
import { type NodeKind, type NodeKindName, nodeKinds } from './kinds.ts'
import type { FileStep, Probe } from './probe.ts'
import { bootServerScreenCode, fileProblem, fileScreenCode } from './problems.ts'

/** `emf-pxe/probe/1`: plain data, see `docs/schemas/probe.schema.json`. Times are milliseconds after the question. */
export interface ProbeReport {
  readonly as: NodeKindName
  readonly interface: string
  readonly mac: string
  readonly answers: readonly {
    readonly server: string
    readonly sender: string
    readonly afterMs: number
    /** What UEFI PXE firmware takes it for; `httpBoot` names a URL to an HTTP boot client. */
    readonly kind: OfferKind | 'httpBoot'
    readonly offeredAddress: string | null
    readonly file: string | null
    readonly nextServer: string | null
    readonly vendorClass: string | null
    readonly routers: readonly string[]
    readonly nameServers: readonly string[]
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
    /** What firmware shows when this ends the boot. */
    readonly screenCode: string | null
  } | null
  readonly file: {
    readonly server: string
    readonly name: string
    readonly fetched: boolean
    readonly problem: string | null
    /** What firmware shows when the file does not come. */
    readonly screenCode: string | null
    readonly sizeBytes: number | null
    readonly durationMs: number | null
    readonly blockBytes: number | null
    readonly windowSize: number | null
    readonly retries: number | null
    readonly sha256: string | null
    /** Of the file that this machine would serve; null where there is none. */
    readonly localSha256: string | null
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
    answers: answers.map((answer) => answerReport(answer, answer.offer.packet === chosen?.packet)),
    choice: {
      kind: choice.kind,
      server: chosen?.server ?? null,
      why: choice.why,
      screenCode: choice.kind === 'none' ? (choice.screenCode ?? null) : null,
    },
    bootServer: bootServer
      ? {
          server: bootServer.server,
          answered: bootServer.answered,
          afterMs: bootServer.afterMs === undefined ? null : rounded(bootServer.afterMs),
          file: bootServer.file ?? null,
          screenCode: screenCodeOf(bootServer, asked.as),
        }
      : null,
    file: file ? fileReport(file, nodeKinds[asked.as].chooser, localSha256) : null,
  }
}

function answerReport(answer: Answer, chosen: boolean): ProbeReport['answers'][number] {
  const { offer, sender, afterMs, offeredAddress, vendorClass, routers, nameServers, dropped } = answer
  return {
    server: offer.server,
    sender,
    afterMs: rounded(afterMs),
    kind: isHttpOffer(answer) ? 'httpBoot' : offer.kind,
    offeredAddress: offeredAddress ?? null,
    file: offer.bootFile ?? null,
    nextServer: offer.packet.siaddr === '0.0.0.0' ? null : offer.packet.siaddr,
    vendorClass: vendorClass ?? null,
    routers,
    nameServers,
    dropped: dropped ?? null,
    chosen,
  }
}

function screenCodeOf({ answered, file }: BootServerStep, as: NodeKindName): string | null {
  if (answered && file !== undefined) return null
  return bootServerScreenCode(nodeKinds[as].chooser, answered) ?? null
}

function fileReport(
  { server, name, result }: FileStep,
  chooser: NodeKind['chooser'],
  localSha256: string | undefined,
): NonNullable<ProbeReport['file']> {
  const fetched = result?.ok ? result : undefined
  const missed = result === undefined || result.ok ? undefined : result
  return {
    server,
    name,
    fetched: fetched !== undefined,
    problem: missed === undefined ? null : fileProblem(missed),
    screenCode: missed === undefined ? null : (fileScreenCode(chooser, missed) ?? null),
    sizeBytes: fetched?.sizeBytes ?? null,
    durationMs: fetched === undefined ? null : rounded(fetched.durationMs),
    blockBytes: fetched?.blockBytes ?? null,
    windowSize: fetched?.windowSize ?? null,
    retries: fetched?.retries ?? null,
    sha256: fetched?.sha256 ?? null,
    localSha256: localSha256 ?? null,
    sameAsLocal: fetched === undefined || localSha256 === undefined ? null : fetched.sha256 === localSha256,
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
