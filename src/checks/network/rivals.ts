import { existsSync } from 'node:fs'
import { choose } from '../../probe/choose.ts'
import type { Answer } from '../../probe/discover.ts'
import { nodeKinds } from '../../probe/kinds.ts'
import { escapeText } from '../../ui/text.ts'
import { DhcpOption } from '../../wire/dhcp/constants.ts'
import { bytesToTerminatedText } from '../../wire/dhcp/text.ts'
import { type Check, type CheckResult, consequenceOf, failed, ok, skipped, warning } from '../check.ts'
import type { Facts, HeardOnNic } from '../facts.ts'
import { runningService } from '../service/running.ts'
import { addressed, onEachNic } from './site-dhcp.ts'
import { isTwin, isUnlikeTwin, ourAnswer } from './twin.ts'

export const rivalProxy: Check = {
  id: 'rival-proxy',
  category: 'network',
  title: 'no other PXE server answers nodes',
  dependsOn: ['nic-address'],
  run: (facts) =>
    onEachNic(facts, (heard) => {
      const rivals = others(heard).filter(({ offeredAddress }) => offeredAddress === undefined)
      const strangers = rivals.filter((rival) => !isTwin(rival, ourAnswer(heard)))
      if (strangers.length > 0) return rivalry(heard, strangers)
      return ok(
        rivals.length === 0
          ? `none on ${heard.nic}`
          : `${sendersOf(rivals)} on ${heard.nic} offers the same file as we do`,
      )
    }),
}

function rivalry(heard: HeardOnNic, strangers: readonly Answer[]): CheckResult {
  const unlike = strangers.find((stranger) => isUnlikeTwin(stranger, ourAnswer(heard)))
  if (unlike !== undefined)
    return warning(
      `${unlike.sender} on ${heard.nic} offers another ${escapeText(unlike.offer.bootFile ?? 'file')} than we do, and nodes take either`,
      'emf-pxe fetch   # here and there',
    )
  return warning(
    `${sendersOf(strangers)} on ${heard.nic} answers nodes too`,
    `Stop the PXE service on ${strangers[0]?.sender}, unless it is a second server of yours; then:\nemf-pxe probe --interface ${heard.nic}`,
  )
}

/** `10.20.0.9 with ipxe.efi`. */
function sendersOf(answers: readonly Answer[]): string {
  const named = answers.map(({ sender, offer }) =>
    offer.bootFile === undefined ? sender : `${sender} with ${escapeText(offer.bootFile)}`,
  )
  return named.join(', ')
}

/** Options 60, 66 and 67 of the DHCP server itself compete with our offer in some firmware. */
export const siteBootOptions: Check = {
  id: 'site-boot-options',
  category: 'network',
  title: 'the site’s DHCP server names no boot file of its own',
  dependsOn: ['site-dhcp'],
  async run(facts) {
    const { mode } = await facts.config()
    if (mode === 'tftp-only') return skipped('in mode tftp-only it has to')
    return onEachNic(facts, ({ nic, ourAddress, answers }) => {
      const theirs = addressed(answers).filter(({ offer }) => offer.server !== ourAddress)
      const speaking = theirs.find((answer) => bootOptions(answer).length > 0)
      if (speaking === undefined) return ok(`nothing on ${nic}`)
      const { server } = speaking.offer
      const sentence = `${server} on ${nic} hands out ${bootOptions(speaking).join(' and ')}`
      const remedy = `Take options 60, 66 and 67 from the pool of ${server}.`
      return speaking.vendorClass?.startsWith('PXEClient')
        ? failed(`${sentence}: firmware goes there, or nowhere, instead of to us`, remedy)
        : warning(sentence, remedy)
    })
  },
}

/** dnsmasq ends option 66 with a NUL; RFC 2132 §9.4 does not ask for one. */
function bootOptions({ vendorClass, offer }: Answer): string[] {
  const serverName = offer.packet.options.get(DhcpOption.tftpServerName)
  return [
    ...(vendorClass === undefined ? [] : [`option 60 “${escapeText(vendorClass)}”`]),
    ...(serverName === undefined
      ? []
      : [`TFTP server “${escapeText(bytesToTerminatedText(serverName))}” (option 66)`]),
    ...(offer.bootFile === undefined ? [] : [`boot file “${escapeText(offer.bootFile)}” (option 67)`]),
  ]
}

export const ourOffer: Check = {
  id: 'our-offer',
  category: 'live',
  title: 'our own service offers a boot file to a node',
  dependsOn: ['nic-address', 'service-running', 'firewall-requests'],
  async run(facts) {
    const { mode } = await facts.config()
    if (mode === 'tftp-only') return skipped('in mode tftp-only it makes no offers')
    const result = await onEachNic(facts, (heard) => {
      const { nic } = heard
      const ours = ourAnswer(heard)
      if (ours !== undefined)
        return ok(
          `${nic}: ${escapeText(ours.offer.bootFile ?? 'a boot server to ask')} in ${Math.round(ours.afterMs)} ms`,
        )
      return heard.answers.length === 0
        ? failed(
            `it answered nothing on ${nic}, and nobody else did: a firewall on this machine, perhaps`,
            'emf-pxe status --only firewall-requests',
          )
        : failed(`it answered nothing on ${nic}`, 'journalctl -u emf-pxe -n 50 --no-pager')
    })
    const root = result.outcome === 'failed' ? await whyNothingToOffer(facts) : undefined
    return root === undefined ? result : consequenceOf(root)
  },
}

/** The check that fails because x64 nodes have no boot file: nothing is offered without one. */
async function whyNothingToOffer(facts: Facts): Promise<string | undefined> {
  const { x64 } = (await facts.config()).bootFiles
  if (x64 !== undefined) return existsSync(x64) ? undefined : 'local-boot-files'
  if (!(await facts.usesArtifact())) return undefined
  return facts.stored().then(
    () => undefined,
    () => 'boot-file-present',
  )
}

export const winner: Check = {
  id: 'firmware-choice',
  category: 'live',
  title: 'UEFI firmware would boot from us',
  dependsOn: ['site-dhcp', 'our-offer'],
  async run(facts) {
    if ((await runningService(facts)) === undefined) return skipped('the service is not running')
    return onEachNic(facts, (heard) => {
      const { nic, ourAddress, answers } = heard
      const choice = choose(nodeKinds['edk2-x64'], answers)
      if (choice.kind === 'none')
        return failed(
          `${nic}: it would stop with ${choice.screenCode ?? 'nothing to boot'}: ${choice.why}`,
          `emf-pxe probe --interface ${nic}`,
        )
      if (choice.offer.server === ourAddress) return ok(`${nic}: ${choice.why}`)
      const chosen = answers.find(({ offer }) => offer === choice.offer)
      if (chosen !== undefined && isTwin(chosen, ourAnswer(heard)))
        return ok(`${nic}: from ${choice.offer.server}, which offers the same file and answered first`)
      return failed(
        `${nic}: it would take ${choice.offer.server}: ${choice.why}`,
        `Take options 60 and 43 from ${choice.offer.server}, or stop its PXE service; then:\nemf-pxe probe --interface ${nic}`,
      )
    })
  },
}

function others({ answers, ourAddress }: HeardOnNic): readonly Answer[] {
  return answers.filter(
    ({ offer, sender }) => offer.kind !== 'useless' && offer.server !== ourAddress && sender !== ourAddress,
  )
}
