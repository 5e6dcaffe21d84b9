import { isPlayed } from '../proxydhcp/played-node.ts'
import { type BootStory, hasReached, isLoneFetch } from './story.ts'

/** Why a boot stopped where it did, in words that a technician can act on. */
export interface Diagnosis {
  /** Stable name; `docs/checks.md` has a section for each. */
  readonly code: DiagnosisCode
  /** What we think happened, and what it was concluded from. */
  readonly sentence: string
  /** What to do next. */
  readonly remedy: string
  readonly confidence: 'certain' | 'likely' | 'possible'
}

export type DiagnosisCode =
  | 'refused'
  | 'spanning-tree'
  | 'offer-ignored'
  | 'boot-server-then-silence'
  | 'data-ports-blocked'
  | 'transfer-cut'
  | 'client-refused-transfer'
  | 'file-not-served'
  | 'download-loop'
  | 'boot-order-loop'
  | 'ipxe-never-started'
  | 'ipxe-no-address'
  | 'beyond-our-sight'

interface Rule {
  readonly code: DiagnosisCode
  /** True when the story, silent for `quietMs`, shows this. */
  applies(story: BootStory, quietMs: number): boolean
  explain(story: BootStory): Omit<Diagnosis, 'code'>
}

/** Longer than any pause inside a healthy boot stage: edk2's longest DHCP retry is 32 s. */
const silenceMs = 60_000

/** Spanning tree holds a port for 30 s (IEEE 802.1D); edk2 asks at 0, 4, 12 and 28 s. */
const heldPortSeconds = 10

/** Three boots in a row are no installation any more. */
const loopRepeats = 3

/** First match wins: certain causes stand before guesses. */
const rules: readonly Rule[] = [
  {
    code: 'file-not-served',
    applies: (story) => story.failure !== undefined && hasReached(story, 'offered') && isRefusedFile(story),
    explain: (story) => ({
      sentence: `the node asked for the file "${story.failure?.detail}", which is not served (${story.failure?.reason})`,
      remedy:
        'emf-pxe status --only artifact --only network   # the boot file may be missing, or another server named this file',
      confidence: 'certain',
    }),
  },
  {
    code: 'refused',
    applies: (story) => story.failure !== undefined && story.stage === 'refused',
    explain: (story) => ({
      sentence: `the node was not answered: ${story.failure?.reason} (${story.failure?.detail})`,
      remedy:
        refusalRemedies[story.failure?.reason ?? ''] ?? 'see docs/how-it-boots.md, "Reasons not to answer"',
      confidence: 'certain',
    }),
  },
  {
    code: 'data-ports-blocked',
    applies: (story) => story.failure?.reason === 'never-acknowledged',
    explain: () => ({
      sentence:
        'our first TFTP packet was sent and never acknowledged: something drops UDP from our data ports',
      remedy:
        'open UDP from the TFTP data ports to the nodes, or set `tftp.dataPorts: single` to use port 69 alone',
      confidence: 'likely',
    }),
  },
  {
    code: 'transfer-cut',
    applies: (story) => story.failure?.reason === 'stopped-acknowledging',
    explain: (story) => ({
      sentence: `the node stopped acknowledging at block ${story.failure?.block}: switched off, unplugged, or a lossy link`,
      remedy: 'check the cable and the switch port’s error counters, then boot the node again',
      confidence: 'likely',
    }),
  },
  {
    code: 'client-refused-transfer',
    applies: (story) => story.failure?.reason === 'client-error',
    explain: (story) => ({
      sentence: `the node ended the download itself: ${story.failure?.detail}`,
      remedy: 'read the node’s screen; `emf-pxe explain PXE-E23` tells what firmware means by it',
      confidence: 'likely',
    }),
  },
  {
    code: 'boot-order-loop',
    applies: (story) => (story.repeats ?? 0) >= loopRepeats,
    explain: (story) => ({
      sentence: `the node boots from the network again and again, ${(story.repeats ?? 0) + 1} times in a row, and gets as far as iPXE each time`,
      remedy:
        'put its disk before the network in the boot order; if it never reaches the orchestrator, read its screen and run emf-pxe status --only orchestrator',
      confidence: 'likely',
    }),
  },
  {
    code: 'download-loop',
    applies: (story) => story.downloads >= 3 && !hasReached(story, 'ipxe-addressed') && !isLoneFetch(story),
    explain: (story) => ({
      sentence: `the boot file was downloaded ${story.downloads} times and never got further`,
      remedy:
        'Secure Boot may refuse the file (enrol the orchestrator’s db certificate), or PXE stands before the disk in the boot order',
      confidence: 'likely',
    }),
  },
  {
    code: 'spanning-tree',
    applies: (story, quietMs) =>
      (story.waitedSeconds ?? 0) >= heldPortSeconds &&
      (isIgnored(story, quietMs) || (story.stage === 'ipxe-started' && quietMs > silenceMs)),
    explain: (story) => ({
      sentence: `the node had been asking for ${story.waitedSeconds} s when it was first heard, and gave up soon after: its switch port was held, most likely by spanning tree`,
      remedy:
        'make the switch port an edge port (Cisco: spanning-tree portfast; others: RSTP edge, admin-edge), then boot the node again',
      confidence: 'likely',
    }),
  },
  {
    code: 'offer-ignored',
    applies: isIgnored,
    explain: (story) => ({
      sentence: `${story.offers === 1 ? 'one offer was' : `${story.offers} offers were`} sent${fellBack(story) ? ', in both forms that firmware knows,' : ''} and nothing was fetched: the node ignored them, chose another server, or got no address from the site’s DHCP server`,
      remedy: fellBack(story)
        ? 'emf-pxe probe   # if our offer wins there, this firmware takes none: emf-pxe hints has lines for the site’s DHCP server'
        : 'emf-pxe probe   # shows every answer on the LAN and which one firmware takes',
      confidence: 'possible',
    }),
  },
  {
    code: 'boot-server-then-silence',
    applies: (story, quietMs) => story.stage === 'asked-boot-server' && quietMs > silenceMs,
    explain: () => ({
      sentence: 'the node asked our boot server and was answered, but never asked for the file by TFTP',
      remedy: 'check that UDP 4011 and 69 pass between node and server in both directions',
      confidence: 'likely',
    }),
  },
  {
    code: 'ipxe-never-started',
    applies: (story, quietMs) => story.stage === 'fetched' && quietMs > silenceMs && !isLoneFetch(story),
    explain: () => ({
      sentence:
        'the boot file was delivered whole, but iPXE was never heard: Secure Boot refused it, or its network driver hangs',
      remedy:
        'read the node’s screen: "Security Violation" means that the db certificate must be enrolled; else update the NIC’s firmware',
      confidence: 'likely',
    }),
  },
  {
    code: 'ipxe-no-address',
    applies: (story, quietMs) => story.stage === 'ipxe-started' && quietMs > silenceMs,
    explain: () => ({
      sentence:
        'iPXE started but took no address: the site’s DHCP server did not answer it, or spanning tree holds the port',
      remedy: 'check the DHCP pool and set the switch port to edge (portfast)',
      confidence: 'likely',
    }),
  },
  {
    code: 'beyond-our-sight',
    applies: (story, quietMs) => story.stage === 'ipxe-addressed' && quietMs > 5 * silenceMs,
    explain: () => ({
      sentence:
        'iPXE has an address and went on to the orchestrator; what follows happens over HTTPS and is not seen here',
      remedy:
        'if the orchestrator does not know the node, or its screen says “Unable to reach the edge orchestrator”, DNS or the certificate is to blame: emf-pxe status --only dhcp-dns --only boot-file-trust',
      confidence: 'possible',
    }),
  },
]

function isIgnored(story: BootStory, quietMs: number): boolean {
  return story.stage === 'offered' && (story.offers >= 3 || quietMs > silenceMs)
}

function fellBack({ milestones }: BootStory): boolean {
  return milestones.some(({ kind }) => kind === 'fell back')
}

/** Every diagnosis, for documents and explanations. */
export const diagnosisCodes: readonly DiagnosisCode[] = rules.map(({ code }) => code)

/** The diagnosis of a story at `nowMs`; undefined while it may still go well, and of a node that is only played. */
export function diagnose(story: BootStory, nowMs: number): Diagnosis | undefined {
  if (isPlayed(story.mac)) return undefined
  if (story.stage === 'system-started' && (story.repeats ?? 0) < loopRepeats) return undefined
  const quietMs = nowMs - story.lastAtMs
  const rule = rules.find((candidate) => candidate.applies(story, quietMs))
  return rule === undefined ? undefined : { code: rule.code, ...rule.explain(story) }
}

const refusalRemedies: Readonly<Record<string, string>> = {
  'architecture-not-configured':
    'name a boot file for this architecture under `bootFiles` in the configuration',
  'artifact-missing': 'emf-pxe fetch   # the service offers the file as soon as it is there',
  'http-boot-closed': 'emf-pxe status   # free the port, or set `httpBoot.port` in the configuration',
  'architecture-unknown': 'only x64, AArch64, IA32 and BIOS nodes can be served',
  'raspberry-pi':
    'boot UEFI firmware on it from an SD card; the ROM of a Raspberry Pi fetches only firmware files of its own',
  'http-boot-off': 'set the node to PXE (IPv4), or switch `httpBoot.mode` on in the configuration',
  'ipxe-without-script': 'set `scriptUrl`, or `orchestrator.fqdn`, in the configuration',
  'ipxe-loop':
    'read the node’s screen: its script fails and starts over; emf-pxe status checks what it fetches',
  'boot-file-name-too-long': 'shorten `scriptUrl` or `bootFileName` in the configuration',
  denied: 'remove it from `deny` in the configuration',
  'not-allowed': 'add it to `allow` in the configuration',
}

const transferReasons = new Set([
  'never-acknowledged',
  'stopped-acknowledging',
  'client-error',
  'server-stopping',
])

function isRefusedFile(story: BootStory): boolean {
  return !transferReasons.has(story.failure?.reason ?? '')
}
