import { escapeText } from '../ui/text.ts'
import type { Answerer, Heard } from './listen.ts'

export interface HeardLine {
  readonly outcome: 'ok' | 'warning'
  readonly text: string
}

/** Who answers a booting node on a NIC today, and what that means for us. */
export function describeHeard(heard: Heard): HeardLine[] {
  if ('silent' in heard)
    return [{ outcome: 'warning', text: `nobody was asked: ${escapeText(heard.silent)}` }]
  const { answerers, choice } = heard
  const said = answerers.map(describeAnswerer)
  if (!answerers.some(({ offered }) => offered !== undefined)) return [...said, noAddress(answerers)]
  return [
    ...said,
    choiceLine(
      answerers.filter(({ isThisMachine }) => !isThisMachine),
      choice,
    ),
  ]
}

/** A ProxyDHCP server gives no addresses. */
function noAddress(answerers: readonly Answerer[]): HeardLine {
  const who = answerers.length === 0 ? 'nobody answers' : 'no DHCP server answers'
  return { outcome: 'warning', text: `${who}: nodes here would get no address` }
}

function describeAnswerer({ kind, server, offered, bootFile, isThisMachine }: Answerer): HeardLine {
  const at = escapeText(server)
  const file = bootFile === undefined ? '' : ` (${escapeText(bootFile)})`
  if (isThisMachine) return { outcome: 'ok', text: `this machine (${at}) answers already` }
  if (kind === 'dhcpOnly' && bootFile === undefined)
    return { outcome: 'ok', text: `the site’s DHCP server ${at} offers ${offered}` }
  if (kind === 'dhcpOnly')
    return { outcome: 'ok', text: `DHCP server ${at} offers ${offered} and names a boot file itself${file}` }
  if (kind === 'dhcpPxe' || kind === 'dhcpBootServer')
    return { outcome: 'warning', text: `DHCP server ${at} speaks PXE itself: option 60 and 43${file}` }
  return { outcome: 'warning', text: `another ProxyDHCP server answers: ${at}${file}` }
}

/** edk2's order: a DHCP server that speaks PXE in full, then the first ProxyDHCP offer of the direct form. */
function choiceLine(
  others: readonly Answerer[],
  choice: Extract<Heard, { choice: unknown }>['choice'],
): HeardLine {
  const dhcpPxe = others.find(({ kind }) => kind === 'dhcpPxe')
  if (dhcpPxe !== undefined)
    return {
      outcome: 'warning',
      text: `UEFI firmware chooses ${escapeText(dhcpPxe.server)} before us: take options 43 and 60 away there`,
    }
  const rival = others.find(({ kind }) => kind === 'proxyPxe')
  if (rival !== undefined)
    return {
      outcome: 'warning',
      text: `UEFI firmware chooses whoever is first, ${escapeText(rival.server)} or us: switch the other off, unless it is a second server of yours`,
    }
  if (choice.kind === 'fetch' && others.some(({ bootFile }) => bootFile === choice.file))
    return {
      outcome: 'ok',
      text: `today firmware boots ${escapeText(choice.file)} from ${escapeText(choice.server)}; our offer comes before it`,
    }
  return { outcome: 'ok', text: 'UEFI firmware will choose our offer' }
}
