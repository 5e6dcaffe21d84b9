export interface Remedy {
  readonly text: string
  /** To paste, when a command of ours helps. */
  readonly command?: string
}

/**
 * What a node's firmware means by the `PXE-E…` code on its screen, in our words. UEFI firmware
 * (edk2 and what is built on it) reuses numbers that legacy BIOS ROMs give another meaning.
 * Sources: the status numbers of Intel's PXE 2.1 specification and edk2's UefiPxeBcDxe.
 */
export interface PxeCode {
  /** Meaning in UEFI firmware. */
  readonly uefi?: string
  /** Meaning in a legacy BIOS boot ROM. */
  readonly bios?: string
  /** What to try, most likely first. */
  readonly remedies: readonly Remedy[]
}

const adapter: Remedy = {
  text: 'Update the firmware of the network adapter and of the machine, or use another adapter.',
}
const bis: Remedy = {
  text: 'Switch off boot integrity services (BIS) in the setup of the boot ROM: emf-pxe does not use them.',
}
const biosSetup: Remedy = {
  text: 'Update the BIOS; prefer UEFI network boot, which the edge nodes need anyway.',
}
const cable: Remedy = {
  text: 'Check the cable, the switch port and its VLAN; on the switch, enable fast link (portfast) for the port.',
}
const watch: Remedy = {
  text: 'See whether the node is heard, and what it was told, while it boots.',
  command: 'emf-pxe watch',
}
const dhcp: Remedy = {
  text: 'Check that the site’s own DHCP server gives this node an address: emf-pxe gives none.',
}
const firewall: Remedy = {
  text: 'Allow UDP 67, 69, 4011 and the TFTP data ports from the nodes to this server; see what blocks them.',
  command: 'emf-pxe status',
}
const server: Remedy = {
  text: 'See whether nodes can reach the address that this server advertises.',
  command: 'emf-pxe status',
}
const artifact: Remedy = {
  text: 'Get the boot file again, if emf-pxe status does not call it good.',
  command: 'emf-pxe fetch',
}
const rival: Remedy = {
  text: 'Look for a second PXE service: see every answer on the LAN, and who wins.',
  command: 'emf-pxe probe',
}

export const pxeCodes: Readonly<Record<string, PxeCode>> = {
  E00: { bios: 'Too little free memory below 640 kB for the boot ROM.', remedies: [biosSetup] },
  E01: { bios: 'The adapter found is not the one that the boot ROM was made for.', remedies: [adapter] },
  E04: { bios: 'The PCI configuration of the adapter could not be read.', remedies: [adapter, biosSetup] },
  E05: {
    uefi: 'The boot file is larger than the memory the firmware set aside: its size changed meanwhile, or the first answer about the size was wrong.',
    bios: 'The adapter’s own memory (EEPROM) is damaged.',
    remedies: [
      { text: 'Boot the node again: the file may just have been replaced by a newer one.' },
      rival,
      adapter,
    ],
  },
  E06: { bios: 'The boot ROM needs a way of loading that this BIOS lacks.', remedies: [biosSetup] },
  E07: {
    uefi: 'The network adapter reported a fault.',
    bios: 'The BIOS lacks the PCI services that the boot ROM needs.',
    remedies: [cable, adapter],
  },
  E08: { bios: 'A part of the boot ROM answered unexpectedly.', remedies: [adapter] },
  E09: {
    uefi: 'The firmware has no memory left for network buffers.',
    bios: 'The loader of the adapter’s driver answered unexpectedly.',
    remedies: [{ text: 'Power the node off and on.' }, adapter],
  },
  E11: {
    bios: 'Nobody answered when the node asked who has the server’s address (ARP).',
    remedies: [
      server,
      { text: 'Check the subnet mask and gateway that the site’s DHCP server gives.' },
      cable,
    ],
  },
  E12: { uefi: 'No link: the adapter sees no network.', remedies: [cable] },
  E16: {
    uefi: 'No usable offer: no address from the DHCP server, or no boot offer that the firmware accepts.',
    remedies: [watch, dhcp, artifact, firewall, cable, rival],
  },
  E18: {
    uefi: 'A server that had made an offer did not answer any more: port 4011 or TFTP.',
    remedies: [firewall, watch, server],
  },
  E20: { bios: 'The BIOS could not copy to memory above 1 MB.', remedies: [biosSetup] },
  E21: {
    uefi: 'Network boot was cancelled: by a key, or because no offer holds a boot file for this kind of machine.',
    bios: 'The boot file failed its integrity check (BIS).',
    remedies: [
      { text: 'See whether there is no boot file for the node’s architecture.', command: 'emf-pxe watch' },
      rival,
      bis,
    ],
  },
  E22: {
    uefi: 'Another machine said that the server cannot be reached (ICMP).',
    bios: 'The boot file’s credentials were refused (BIS).',
    remedies: [firewall, { text: 'Check the route from the node’s subnet to the server, and back.' }, bis],
  },
  E23: {
    uefi: 'The TFTP server sent an error: as a rule it has no file of that name.',
    bios: 'Boot integrity services did not start (BIS).',
    remedies: [artifact, rival, bis],
  },
  E24: { bios: 'Boot integrity services did not stop (BIS).', remedies: [bis] },
  E25: { bios: 'Boot integrity services did not say whether checks are on (BIS).', remedies: [bis] },
  E26: { bios: 'Boot integrity services did not give memory back (BIS).', remedies: [bis] },
  E27: { bios: 'Boot integrity services gave no signature information (BIS).', remedies: [bis] },
  E28: { bios: 'The entry point of boot integrity services is damaged (BIS).', remedies: [bis] },
  E30: { bios: 'The TFTP server’s hardware address could not be found (ARP).', remedies: [firewall, cable] },
  E32: {
    bios: 'The TFTP server did not answer the first request.',
    remedies: [firewall, watch, server],
  },
  E33: { bios: 'The TFTP server sent something that is not TFTP.', remedies: [rival] },
  E35: {
    bios: 'The TFTP transfer stopped part-way.',
    remedies: [
      firewall,
      { text: 'See at which block it stopped, then look for losses on the way.', command: 'emf-pxe watch' },
      cable,
    ],
  },
  E36: { bios: 'The TFTP server sent an error.', remedies: [artifact, rival] },
  E38: { bios: 'The boot ROM could not start a TFTP transfer.', remedies: [firewall, adapter] },
  E39: { bios: 'The boot ROM could not go on with a TFTP transfer.', remedies: [firewall, adapter] },
  E3A: {
    bios: 'More TFTP packets came than the boot ROM expects: the file is too large for it.',
    remedies: [rival, artifact],
  },
  E3B: { bios: 'The TFTP server has no file of that name.', remedies: [artifact, rival] },
  E3C: { bios: 'The TFTP server refuses that file.', remedies: [rival] },
  E3D: { bios: 'A multicast address for TFTP is missing.', remedies: [rival] },
  E3E: { bios: 'The TFTP server does not tell the size of the file.', remedies: [rival] },
  E3F: {
    bios: 'A TFTP packet has a size that was not agreed: something on the way cut it, or two servers answer.',
    remedies: [{ text: 'Look for a smaller MTU between node and server.' }, rival],
  },
  E51: {
    bios: 'Nobody offered an address: no DHCP or ProxyDHCP answer arrived.',
    remedies: [dhcp, cable, watch],
  },
  E52: {
    bios: 'ProxyDHCP answered, but no DHCP server offered an address.',
    remedies: [dhcp, { text: 'Look for an exhausted address pool or a MAC filter on the DHCP server.' }],
  },
  E53: {
    uefi: 'Offers arrived, but none names a boot file.',
    bios: 'Offers arrived, but none names a boot file.',
    remedies: [
      watch,
      { text: 'See whether this server answers on the node’s network.', command: 'emf-pxe status' },
      rival,
    ],
  },
  E54: { bios: 'The address that was offered is not usable.', remedies: [dhcp] },
  E55: {
    bios: 'The boot service did not answer on UDP port 4011.',
    remedies: [
      { text: 'Allow UDP 4011 from the nodes to this server.', command: 'emf-pxe status' },
      {
        text: 'Remove option 60 “PXEClient” from the site’s DHCP server: it sends nodes to port 4011 of the wrong machine.',
      },
      watch,
    ],
  },
  E60: { bios: 'The adapter’s driver was asked for something it does not have.', remedies: [adapter] },
  E61: { bios: 'No link: the media test of the adapter failed.', remedies: [cable] },
  E62: { bios: 'The adapter could not be set up for multicast.', remedies: [adapter] },
  E63: {
    bios: 'The adapter could not be started.',
    remedies: [adapter, { text: 'Power the node off and on.' }],
  },
  E64: { bios: 'The line part (PHY) of the adapter could not be started.', remedies: [cable, adapter] },
  E65: { bios: 'The adapter’s configuration could not be read.', remedies: [adapter] },
  E66: { bios: 'The adapter’s start-up data could not be read.', remedies: [adapter] },
  E67: { bios: 'The adapter’s MAC address is not valid.', remedies: [adapter] },
  E68: { bios: 'The adapter’s own memory (EEPROM) is damaged.', remedies: [adapter] },
  E69: { bios: 'The adapter’s interrupt could not be set up.', remedies: [biosSetup, adapter] },
  E6A: {
    bios: 'The adapter’s driver is in the wrong state.',
    remedies: [{ text: 'Power the node off and on.' }, adapter],
  },
  E6B: { bios: 'A packet could not be sent.', remedies: [cable, adapter] },
  E6C: { bios: 'The adapter’s driver was called with a wrong value.', remedies: [adapter] },
  E74: {
    bios: 'An offer asks for a boot menu or prompt that it does not contain.',
    remedies: [rival, { text: 'Remove option 43 from the site’s DHCP server.' }],
  },
  E76: { bios: 'An offer asks for multicast discovery and gives no address for it.', remedies: [rival] },
  E77: {
    bios: 'An offer asks to choose a boot server from a list and gives no list.',
    remedies: [rival, { text: 'Remove option 43 from the site’s DHCP server.' }],
  },
  E78: {
    bios: 'No boot server answered the node’s search.',
    remedies: [rival, firewall, { text: 'Remove options 43 and 60 from the site’s DHCP server.' }],
  },
  E79: {
    bios: 'The boot file does not fit into the memory of a BIOS: a UEFI file was sent to a BIOS node.',
    remedies: [
      { text: 'Switch the node to UEFI boot.' },
      { text: 'Or configure bootFiles.bios; see docs/config.md.' },
    ],
  },
  E7A: { bios: 'No boot server passed the boot ROM’s security check.', remedies: [bis] },
  E7B: { bios: 'An address for multicast TFTP is missing.', remedies: [rival] },
  E98: {
    uefi: 'More about an ICMP error: type and code follow on the screen.',
    remedies: [firewall, { text: 'Check the route from the node’s subnet to the server, and back.' }],
  },
  E99: {
    uefi: 'Anything that has no code of its own; often a packet that breaks the protocol, or Secure Boot refusing the file.',
    remedies: [
      rival,
      {
        text: 'Where Secure Boot is on, the certificate that signed the boot file must be enrolled.',
        command: 'emf-pxe inspect',
      },
      watch,
    ],
  },
  EA0: {
    bios: 'Network boot was cancelled by a key.',
    remedies: [{ text: 'Boot the node again and touch no key.' }],
  },
  EA1: { bios: 'No PXE server was found.', remedies: [watch, dhcp, firewall] },
  EB0: { bios: 'The adapter is not supported by this boot ROM.', remedies: [adapter] },
  EC0: { bios: 'Too little free memory below 640 kB for the boot ROM.', remedies: [biosSetup] },
  EC1: { bios: 'The main part of the boot ROM was not found.', remedies: [adapter] },
  EC2: { bios: 'The identification of the boot ROM’s main part is damaged.', remedies: [adapter] },
  EC3: { bios: 'The main part of the boot ROM is damaged.', remedies: [adapter] },
  EC4: { bios: 'The adapter’s driver was not found in the ROM.', remedies: [adapter] },
  EC5: { bios: 'The identification of the adapter’s driver is damaged.', remedies: [adapter] },
  EC6: { bios: 'The adapter’s driver is damaged.', remedies: [adapter] },
  EC8: { bios: 'A table (!PXE) is missing from the adapter’s driver.', remedies: [adapter] },
  EC9: { bios: 'A table (PXENV+) is missing from the adapter’s driver.', remedies: [adapter] },
  ECA: { bios: 'The adapter’s driver could not be started.', remedies: [adapter] },
  ECB: { bios: 'The main part of the boot ROM could not be started.', remedies: [adapter] },
}
