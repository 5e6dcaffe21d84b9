/*
 * Network-boot nodes that discover, as edk2 does, and a flood beside them: from each DISCOVER to its
 * offer. A node asks 4 times, and waits 4, 8, 16 and 32 s; the flood asks once each, and never waits.
 *
 * One thread, no allocation while running. Times of offers are those at which the kernel had them
 * (SO_TIMESTAMPNS), so that a client that waits for a processor does not make a server look slow; how
 * far the sender fell behind its own timetable, what its socket dropped, and its processor time are printed.
 *
 * SIGTERM: no new nodes and no more flood; ends when every node has its offer or has given up.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 32, PACKET = 347, TRIES = 4, TRY = 24, NUMBER = (1 << TRY) - 1, FLOOD = 0x40000000 };

/* The try is part of the transaction id, so that an offer that comes late is measured from the DISCOVER it answers. */
struct node { uint64_t sentAt[TRIES], offeredAt; int tries, answered; bool gaveUp; };

static struct { const char *nic; int nodes, spaceMs; double flood; int floodMacs; double seconds; } opt =
  { "e0", 1, 10, 0, 0, 0 };

static struct node *nodes;
static int fd, begun, settled;
static uint64_t floodSent, floodOffered, mostBehind, again, others;
static uint32_t dropped;
static volatile sig_atomic_t stopping;

static void stop(int signal) { (void)signal; stopping = 1; }

/* Wall clock, as the kernel's timestamps are; microseconds. */
static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* What UefiPxeBcDxe sends on x64: options 53, 57, 55, 97, 94, 93, 60. */
static const uint8_t discover[PACKET] = {
  1, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, [28] = 0x52, 0x54, [236] = 99, 130, 83, 99,
  53, 1, 1, 57, 2, 5, 192,
  55, 35, 1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 129, 130, 131, 132, 133, 134, 135,
  97, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 94, 3, 1, 3, 0, 93, 2, 0, 7,
  60, 32, 'P', 'X', 'E', 'C', 'l', 'i', 'e', 'n', 't', ':', 'A', 'r', 'c', 'h', ':', '0', '0', '0', '0', '7', ':',
  'U', 'N', 'D', 'I', ':', '0', '0', '3', '0', '0', '0', 255 };

static void write32(uint8_t *to, uint32_t value) { value = htonl(value); memcpy(to, &value, 4); }

static void fill(uint8_t *packet, uint32_t transaction, uint8_t family, uint32_t machine, unsigned seconds) {
  memcpy(packet, discover, PACKET);
  write32(packet + 4, transaction);
  packet[8] = (uint8_t)(seconds >> 8); packet[9] = (uint8_t)seconds;
  packet[29] = family;
  write32(packet + 30, machine);
}

static const struct sockaddr_in servers = { .sin_family = AF_INET };
static struct sockaddr_in everybody;

static void ask(int number) {
  uint8_t packet[PACKET];
  struct node *n = &nodes[number];
  int try = n->tries++;
  n->sentAt[try] = now();
  fill(packet, (uint32_t)(try << TRY | number), 0x54, (uint32_t)number, (unsigned)((n->sentAt[try] - n->sentAt[0]) / 1000000));
  sendto(fd, packet, PACKET, 0, (const struct sockaddr *)&everybody, sizeof everybody);
}

/* Those whose turn has come, and those that have waited in vain: 4, 8, 16, 32 s. */
static void askDue(uint64_t t, uint64_t startedAt) {
  while (!stopping && begun < opt.nodes && t >= startedAt + (uint64_t)begun * (uint64_t)opt.spaceMs * 1000) ask(begun++);
  static int first; /* everything before it is settled */
  while (first < begun && (nodes[first].offeredAt || nodes[first].gaveUp)) first++;
  for (int i = first; i < begun; i++) {
    struct node *n = &nodes[i];
    if (n->offeredAt || n->gaveUp || t < n->sentAt[n->tries - 1] + (4000000ull << (n->tries - 1))) continue;
    if (n->tries < TRIES) { again++; ask(i); }
    else { n->gaveUp = true; settled++; }
  }
}

static void flood(uint64_t t, uint64_t startedAt) {
  static uint8_t packets[BATCH][PACKET];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH];
  uint64_t wanted = (uint64_t)((double)(t - startedAt) * opt.flood / 1e6);
  uint64_t behind = wanted > floodSent ? (uint64_t)((double)(wanted - floodSent) * 1000 / opt.flood) : 0;
  if (behind > mostBehind) mostBehind = behind;
  while (floodSent < wanted) {
    int count = wanted - floodSent < BATCH ? (int)(wanted - floodSent) : BATCH;
    for (int i = 0; i < count; i++) {
      uint64_t number = floodSent + (uint64_t)i;
      uint32_t machine = opt.floodMacs > 0 ? (uint32_t)(number % (uint64_t)opt.floodMacs) : (uint32_t)number;
      fill(packets[i], FLOOD | (uint32_t)(number & (FLOOD - 1)), 0x66, machine, 0);
      vectors[i] = (struct iovec){ packets[i], PACKET };
      messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_name = &everybody, .msg_namelen = sizeof everybody, .msg_iov = &vectors[i], .msg_iovlen = 1 } };
    }
    int gone = sendmmsg(fd, messages, (unsigned)count, 0);
    if (gone <= 0) return;
    floodSent += (uint64_t)gone;
  }
}

static uint64_t arrivalOf(struct msghdr *message) {
  uint64_t at = now();
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
    if (c->cmsg_level != SOL_SOCKET) continue;
    if (c->cmsg_type == SCM_TIMESTAMPNS) { struct timespec t; memcpy(&t, CMSG_DATA(c), sizeof t); at = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000; }
    if (c->cmsg_type == SO_RXQ_OVFL) memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
  }
  return at;
}

static bool isOffer(const uint8_t *bytes, size_t length) {
  if (length < 241 || bytes[0] != 2) return false;
  for (size_t at = 240; at + 2 < length && bytes[at] != 255; at += bytes[at] == 0 ? 1 : (size_t)bytes[at + 1] + 2)
    if (bytes[at] == 53) return bytes[at + 2] == 2;
  return false;
}

static void heard(const uint8_t *bytes, size_t length, uint64_t at) {
  if (!isOffer(bytes, length)) { others++; return; }
  uint32_t transaction;
  memcpy(&transaction, bytes + 4, 4);
  transaction = ntohl(transaction);
  if (transaction & FLOOD) { floodOffered++; return; }
  int number = (int)(transaction & NUMBER), try = (int)(transaction >> TRY);
  if (number >= begun || try >= nodes[number].tries) { others++; return; }
  struct node *n = &nodes[number];
  if (n->offeredAt || n->gaveUp) return;
  n->offeredAt = at; n->answered = try; settled++;
}

static void receive(void) {
  static uint8_t packets[BATCH][1500], control[BATCH][128];
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){ packets[i], sizeof packets[i] };
    messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &vectors[i], .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i] } };
  }
  int count = recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
  for (int i = 0; i < count; i++) heard(packets[i], messages[i].msg_len, arrivalOf(&messages[i].msg_hdr));
}

static void openSocket(void) {
  int on = 1, size = 1 << 25;
  fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(68) };
  everybody = servers;
  everybody.sin_port = htons(67);
  everybody.sin_addr.s_addr = INADDR_BROADCAST;
  setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, opt.nic, (socklen_t)strlen(opt.nic) + 1) < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) < 0) { perror(opt.nic); exit(1); }
}

static void options(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--nic")) opt.nic = value;
    else if (!strcmp(name, "--nodes")) opt.nodes = atoi(value);
    else if (!strcmp(name, "--space")) opt.spaceMs = atoi(value);
    else if (!strcmp(name, "--flood")) opt.flood = atof(value);
    else if (!strcmp(name, "--flood-macs")) opt.floodMacs = atoi(value);
    else if (!strcmp(name, "--seconds")) opt.seconds = atof(value);
    else { fprintf(stderr, "unknown option %s\n", name); exit(2); }
  }
}

static int byValue(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return x < y ? -1 : x > y; }

static void report(double ranMs, double cpuMs) {
  double *latencies = calloc((size_t)begun + 1, sizeof *latencies), *waits = calloc((size_t)begun + 1, sizeof *waits);
  int offered = 0, atOnce = 0;
  for (int i = 0; i < begun; i++) {
    const struct node *n = &nodes[i];
    if (!n->offeredAt) continue;
    latencies[offered] = (double)(n->offeredAt - n->sentAt[n->answered]) / 1000;
    waits[offered++] = (double)(n->offeredAt - n->sentAt[0]) / 1000;
    if (n->answered == 0) atOnce++;
  }
  qsort(latencies, (size_t)offered, sizeof *latencies, byValue);
  qsort(waits, (size_t)offered, sizeof *waits, byValue);
  double none = 0, *l = offered ? latencies : &none, *w = offered ? waits : &none;
  int p99 = (int)(offered * 0.99), last = offered ? offered - 1 : 0;
  printf("{\"nodes\":%d,\"offered\":%d,\"firstTry\":%d,\"asked\":%llu,\"medianMs\":%.2f,\"p99Ms\":%.2f,\"mostMs\":%.2f,\"longestWaitMs\":%.0f,"
         "\"floodSent\":%llu,\"floodOffered\":%llu,\"others\":%llu,\"ranMs\":%.0f,\"behindMs\":%llu,\"dropped\":%u,\"clientCpuMs\":%.0f}\n",
         begun, offered, atOnce, (unsigned long long)(begun + again), l[offered / 2 < offered ? offered / 2 : 0], l[p99 < offered ? p99 : 0], l[last], w[last],
         (unsigned long long)floodSent, (unsigned long long)floodOffered, (unsigned long long)others, ranMs, (unsigned long long)mostBehind, dropped, cpuMs);
}

int main(int argc, char **argv) {
  options(argc, argv);
  signal(SIGTERM, stop);
  nodes = calloc((size_t)opt.nodes, sizeof *nodes);
  openSocket();
  uint64_t startedAt = now(), t = startedAt;
  while (true) {
    if (opt.seconds > 0 && t - startedAt > (uint64_t)(opt.seconds * 1e6)) stopping = 1;
    if ((stopping || begun == opt.nodes) && settled == begun && (opt.flood <= 0 || stopping)) break;
    askDue(t, startedAt);
    if (opt.flood > 0 && !stopping) flood(t, startedAt);
    receive();
    struct pollfd readable = { .fd = fd, .events = POLLIN };
    ppoll(&readable, 1, &(struct timespec){ .tv_nsec = 500000 }, NULL);
    t = now();
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
  report((double)(t - startedAt) / 1000, cpu);
  return 0;
}
