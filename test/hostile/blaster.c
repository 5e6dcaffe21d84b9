/*
 * Hostile datagrams as whole Ethernet frames, so that every sender can be forged: cut, flipped, glued and
 * made-up DHCP and TFTP and plain noise, to port 67 (broadcast) and to a server's ports 69, 4011 and its
 * data ports, from MAC and IPv4 addresses that nobody has, that somebody has, and from far away.
 * blaster NIC SERVER SERVER_MAC COUNT SEED PER_SECOND DATA_PORT…
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 64, LARGEST = 1400, HEADERS = 14 + 20 + 8 };

static uint64_t state;
static uint32_t dice(void) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (uint32_t)(state >> 16);
}

static uint32_t server;
static uint8_t serverMac[6];
static int ports[64] = { 67, 67, 69, 69, 69, 4011 }, portCount = 6;

/* A DISCOVER as edk2 sends it, shortened to what is read of it; byte 242 is its type. */
static const uint8_t discover[] = {
  1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0x80, 0, [28] = 0x52, 0x54, 0, 9, 9, 9, [236] = 99, 130, 83, 99,
  53, 1, 1, 57, 2, 5, 192, 93, 2, 0, 7, 94, 3, 1, 3, 16, 50, 4, 10, 82, 0, 0,
  60, 32, 'P', 'X', 'E', 'C', 'l', 'i', 'e', 'n', 't', ':', 'A', 'r', 'c', 'h', ':', '0', '0', '0', '0', '7', ':',
  'U', 'N', 'D', 'I', ':', '0', '0', '3', '0', '0', '0', 97, 17, 0, [331] = 77, 4, 'i', 'P', 'X', 'E', 255 };
static const char *const tftp[] = {
  "\0\1ipxe.efi\0octet\0blksize\0001468\0windowsize\0004", "\0\1../../etc/passwd\0octet", "\0\2ipxe.efi\0octet",
  "\0\4\0\0", "\0\4\0\1", "\0\5\0\10x", "\0\3\0\1data", "\0\6blksize\000999999", "\0\1\0\0", "\0\1%s%n\0mail",
  "\0\1ipxe.efi\0octet\0tsize" };
static const int tftpBytes[] = { 43, 24, 17, 3, 3, 6, 8, 16, 4, 11, 24 };

static int make_dhcp(uint8_t *bytes) {
  static const uint8_t types[] = { 1, 1, 1, 3, 3, 8, 2, 0 };
  memcpy(bytes, discover, sizeof discover);
  for (int i = 4; i < 8; i++) bytes[i] = (uint8_t)dice();
  for (int i = 30; i < 34; i++) bytes[i] = (uint8_t)dice();
  bytes[242] = types[dice() % 8];
  for (int i = 260; i < 262; i++) bytes[i] = (uint8_t)dice();
  for (int i = 299; i < 315; i++) bytes[i] = (uint8_t)dice();
  /* Without the last option it is firmware that asks, with it iPXE. */
  if (dice() % 4) { bytes[331] = 255; return 332; }
  return (int)sizeof discover;
}

static int make(uint8_t *bytes, int service) {
  int length = 0;
  memset(bytes, 0, 512);
  if (dice() % 10 == 0) { /* noise */
    length = (int)(dice() % LARGEST);
    for (int i = 0; i < length; i++) bytes[i] = (uint8_t)dice();
    return length;
  }
  if (service == 67 || service == 4011) length = make_dhcp(bytes);
  else {
    uint32_t which = dice() % 11;
    length = tftpBytes[which];
    memcpy(bytes, tftp[which], (size_t)length);
    bytes[length++] = 0;
  }
  if (dice() % 2) return length;
  for (uint32_t flips = dice() % 6; flips > 0; flips--) bytes[dice() % (uint32_t)length] = (uint8_t)dice();
  if (dice() % 8 == 0) length = (int)(dice() % (uint32_t)length);
  if (dice() % 8 == 0) { int to = (int)(dice() % LARGEST); for (int i = length; i < to; i++) bytes[i] = (uint8_t)dice(); if (to > length) length = to; }
  return length;
}

/* Neighbours that do not answer ARP, that do (10.82.16.0/20), and strangers behind no route. */
static uint32_t forged_address(int service) {
  uint32_t network = ntohl(server) & 0xffff0000u;
  switch (dice() % 8) {
    case 0: return htonl(dice());
    case 1: case 2: return htonl(network | (dice() & 0x7fffu) | 0x8000u);
    default: return service == 67 ? 0 : htonl(network | 0x1000u | (dice() & 0xfffu));
  }
}

static uint16_t header_sum(const uint8_t *bytes) {
  uint32_t sum = 0;
  for (int i = 0; i < 20; i += 2) sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

static int frame(uint8_t *bytes) {
  int service = ports[dice() % (uint32_t)portCount];
  uint32_t from = forged_address(service), to = service == 67 ? INADDR_BROADCAST : server;
  int length = make(bytes + HEADERS, service);
  memset(bytes, service == 67 ? 0xff : 0, 6);
  if (service != 67) memcpy(bytes, serverMac, 6);
  /* A thousand senders on the wire; more would only fill the switch's memory. */
  const uint8_t mac[6] = { 0x52, 0x54, 0, 0xbd, (uint8_t)(dice() % 4), (uint8_t)dice() };
  memcpy(bytes + 6, mac, 6);
  bytes[12] = 8; bytes[13] = 0;
  uint8_t *ip = bytes + 14, *udp = ip + 20;
  uint16_t total = htons((uint16_t)(28 + length)), udpLength = htons((uint16_t)(8 + length));
  uint16_t source = htons(service == 67 || service == 4011 ? 68 : (uint16_t)(1024 + dice() % 60000)), port = htons((uint16_t)service);
  memset(ip, 0, 28);
  ip[0] = 0x45; memcpy(ip + 2, &total, 2); ip[8] = 64; ip[9] = 17;
  memcpy(ip + 12, &from, 4); memcpy(ip + 16, &to, 4);
  uint16_t sum = htons(header_sum(ip));
  memcpy(ip + 10, &sum, 2);
  /* No UDP checksum: 0 says so (RFC 768). */
  memcpy(udp, &source, 2); memcpy(udp + 2, &port, 2); memcpy(udp + 4, &udpLength, 2);
  return HEADERS + length;
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 7) return 2;
  static uint8_t bytes[BATCH][HEADERS + LARGEST + 600];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH] = { 0 };
  server = inet_addr(argv[2]);
  sscanf(argv[3], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &serverMac[0], &serverMac[1], &serverMac[2], &serverMac[3], &serverMac[4], &serverMac[5]);
  long long count = atoll(argv[4]), sent = 0;
  state = strtoull(argv[5], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
  double perSecond = atof(argv[6]);
  for (int i = 7; i < argc && portCount < 64; i++) ports[portCount++] = atoi(argv[i]);
  int wire = socket(AF_PACKET, SOCK_RAW, 0), on = 1;
  struct sockaddr_ll nic = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]) };
  if (wire < 0 || bind(wire, (struct sockaddr *)&nic, sizeof nic) < 0) { perror(argv[1]); return 1; }
  setsockopt(wire, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  double begun = seconds();
  while (sent < count) {
    double ahead = (double)sent / perSecond - (seconds() - begun);
    if (ahead > 0) nanosleep(&(struct timespec){ .tv_nsec = (long)(ahead < 0.9 ? ahead * 1e9 : 9e8) }, NULL);
    for (int i = 0; i < BATCH; i++) {
      vectors[i] = (struct iovec){ bytes[i], (size_t)frame(bytes[i]) };
      messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
    }
    int gone = sendmmsg(wire, messages, BATCH, 0);
    if (gone > 0) sent += gone;
  }
  printf("%lld\n", sent);
  return 0;
}
