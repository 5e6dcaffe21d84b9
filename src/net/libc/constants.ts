/** Numbers of <sys/socket.h>, <netinet/in.h> and <linux/udp.h>, the same on x86-64 and AArch64. */
export const AF_INET = 2
export const AF_NETLINK = 16
export const AF_PACKET = 17
export const SOCK_RAW = 3
export const SOCK_DGRAM = 2
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000

export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_BROADCAST = 6
export const SO_SNDBUF = 7
export const SO_RCVBUF = 8
export const SO_BINDTODEVICE = 25
export const SO_ATTACH_FILTER = 26
export const SO_SNDBUFFORCE = 32
export const SO_RCVBUFFORCE = 33

export const IPPROTO_IP = 0
export const IP_PKTINFO = 8
export const IP_MTU_DISCOVER = 10
export const IP_PMTUDISC_DONT = 0

export const IPPROTO_UDP = 17
export const UDP_SEGMENT = 103

export const MSG_DONTWAIT = 0x40

export const SIOCGARP = 0x8954n
export const ATF_COM = 0x2

export const NETLINK_ROUTE = 0
export const NLM_F_REQUEST = 0x1
export const NLM_F_DUMP = 0x300
/** Types below are control messages: end of a dump, errors. */
export const RTM_BASE = 16
export const RTM_NEWLINK = 16
export const RTM_GETLINK = 18
export const RTM_NEWADDR = 20
export const RTM_GETADDR = 22
/** The upper bits of an attribute's type are flags. */
export const NLA_TYPE_MASK = 0x3fff
export const IFLA_LINKINFO = 18
export const IFLA_INFO_KIND = 1
export const IFA_ADDRESS = 1
export const IFA_LOCAL = 2

/** <linux/if_ether.h>: every kind of frame, those that leave as well. */
export const ETH_P_ALL = 3
