/*
 * Hostile datagrams as fast as one thread can send them: cut, flipped, glued and made-up DHCP and TFTP,
 * to the broadcast address port 67 and to a server's ports 69 and 4011, from many source ports.
 * blaster NIC SERVER COUNT SEED
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, SOCKETS = 64, LARGEST = 1400 };

static uint64_t state;
static uint32_t dice(void) {
  state ^= state << 13; state ^= state >> 7; state ^= state << 17;
  return (uint32_t)(state >> 16);
}

/* A DISCOVER as edk2 sends it, shortened to what is read of it. */
static const uint8_t discover[] = {
  1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0x80, 0, [28] = 0x52, 0x54, 0, 9, 9, 9, [236] = 99, 130, 83, 99,
  53, 1, 1, 57, 2, 5, 192, 93, 2, 0, 7, 94, 3, 1, 3, 16,
  60, 32, 'P', 'X', 'E', 'C', 'l', 'i', 'e', 'n', 't', ':', 'A', 'r', 'c', 'h', ':', '0', '0', '0', '0', '7', ':',
  'U', 'N', 'D', 'I', ':', '0', '0', '3', '0', '0', '0', 97, 17, 0, [325] = 255 };
static const char *const tftp[] = {
  "\0\1ipxe.efi\0octet\0blksize\0001468\0windowsize\0004", "\0\1../../etc/passwd\0octet", "\0\2ipxe.efi\0octet",
  "\0\4\0\1", "\0\5\0\10x", "\0\3\0\1data", "\0\6blksize\000999999", "\0\1\0\0", "\0\1%s%n\0mail", "\0\1ipxe.efi\0octet\0tsize" };
static const int tftpBytes[] = { 43, 24, 17, 4, 6, 8, 16, 4, 11, 24 };

static int make(uint8_t *bytes, int service) {
  int length;
  memset(bytes, 0, 512);
  if (service == 69) {
    uint32_t which = dice() % 10;
    length = tftpBytes[which];
    memcpy(bytes, tftp[which], (size_t)length);
    bytes[length++] = 0;
  } else {
    length = (int)sizeof discover;
    memcpy(bytes, discover, sizeof discover);
    for (int i = 31; i < 34; i++) bytes[i] = (uint8_t)dice();
  }
  for (uint32_t flips = dice() % 6; flips > 0; flips--) bytes[dice() % (uint32_t)length] = (uint8_t)dice();
  if (dice() % 8 == 0) length = (int)(dice() % (uint32_t)length);
  if (dice() % 8 == 0) { int to = (int)(dice() % LARGEST); for (int i = length; i < to; i++) bytes[i] = (uint8_t)dice(); if (to > length) length = to; }
  return length;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  static uint8_t bytes[BATCH][LARGEST + 600];
  struct iovec vectors[BATCH];
  struct sockaddr_in to[BATCH];
  struct mmsghdr messages[BATCH];
  int sockets[SOCKETS], on = 1;
  state = strtoull(argv[4], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
  for (int i = 0; i < SOCKETS; i++) {
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(sockets[i], SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    if (setsockopt(sockets[i], SOL_SOCKET, SO_BINDTODEVICE, argv[1], (socklen_t)strlen(argv[1]) + 1) < 0) { perror(argv[1]); return 1; }
  }
  long long count = atoll(argv[3]), sent = 0;
  while (sent < count) {
    for (int i = 0; i < BATCH; i++) {
      static const int services[] = { 67, 69, 69, 4011 };
      int service = services[dice() % 4];
      to[i] = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)service),
        .sin_addr.s_addr = service == 67 ? INADDR_BROADCAST : inet_addr(argv[2]) };
      vectors[i] = (struct iovec){ bytes[i], (size_t)make(bytes[i], service) };
      messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &to[i], .msg_namelen = sizeof to[i], .msg_iov = &vectors[i], .msg_iovlen = 1 } };
    }
    int gone = sendmmsg(sockets[dice() % SOCKETS], messages, BATCH, 0);
    if (gone > 0) sent += gone;
  }
  printf("%lld\n", sent);
  return 0;
}
