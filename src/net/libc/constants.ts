/** Numbers of <sys/socket.h>, <netinet/in.h> and <linux/udp.h>, the same on x86-64 and AArch64. */
export const AF_INET = 2
export const SOCK_DGRAM = 2
export const SOCK_NONBLOCK = 0o4000
export const SOCK_CLOEXEC = 0o2000000

export const SOL_SOCKET = 1
export const SO_REUSEADDR = 2
export const SO_BROADCAST = 6
export const SO_RCVBUF = 8
export const SO_BINDTODEVICE = 25
export const SO_RCVBUFFORCE = 33

export const IPPROTO_IP = 0
export const IP_PKTINFO = 8
export const IP_MTU_DISCOVER = 10
export const IP_PMTUDISC_DONT = 0

export const IPPROTO_UDP = 17
export const UDP_SEGMENT = 103

export const MSG_DONTWAIT = 0x40
