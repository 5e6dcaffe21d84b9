/** `op`: who speaks (RFC 2131 §2). */
export const BootpOperation = { request: 1, reply: 2 } as const

/** Leftmost bit of `flags`: the client cannot hear unicast yet, or we decide so for it (RFC 2131 §2). */
export const broadcastFlag = 0x8000

/** Ethernet (RFC 1700). */
export const ethernetHardwareType = 1

/** Well-known ports (RFC 2131 §4.1; 4011 is the boot server of PXE 2.1 §2.2). */
export const DhcpPort = { server: 67, client: 68, bootServer: 4011 } as const

/** Option 53 (RFC 2132 §9.6). */
export const MessageType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  acknowledge: 5,
  refuse: 6,
  release: 7,
  inform: 8,
} as const

/** Options by their use here; the numbers are IANA's. */
export const DhcpOption = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  domainNameServer: 6,
  hostName: 12,
  /** In units of 512 bytes (RFC 2132 §3.15). */
  bootFileSize: 13,
  domainName: 15,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  maximumMessageSize: 57,
  vendorClass: 60,
  clientIdentifier: 61,
  tftpServerName: 66,
  bootFileName: 67,
  userClass: 77,
  relayAgentInformation: 82,
  clientArchitecture: 93,
  clientInterface: 94,
  clientMachineIdentifier: 97,
  ipxeEncapsulated: 175,
  end: 255,
} as const

/** Sub-options of option 43 when option 60 begins `PXEClient` (PXE 2.1, table 2-1). */
export const PxeSubOption = {
  discoveryControl: 6,
  discoveryMulticastAddress: 7,
  bootServers: 8,
  bootMenu: 9,
  menuPrompt: 10,
  bootItem: 71,
} as const

/** Sub-options of option 82 (RFC 3046 §2, RFC 3527, RFC 5107, RFC 8357). */
export const RelaySubOption = {
  circuitId: 1,
  remoteId: 2,
  linkSelection: 5,
  serverIdentifierOverride: 11,
  sourcePort: 19,
} as const
