/*
 * Many network-boot nodes at once, as edk2 firmware behaves: size probe (tsize, blksize 1468,
 * windowsize 4) ended by ERROR 8, then the file from a new port, 4 s x 6 tries, an ACK per window,
 * an ACK of the last good block at once when one is missing. Every byte is compared with the file.
 *
 * One thread, one epoll, no allocation while running: it is meant to be faster than any server it
 * measures, and prints the processor time it used so that this can be checked.
 *
 * --other FILE: the server changes from one file to the other, and every node must get either whole.
 * --spread MS: the nodes begin one after the other within that time, instead of all at once.
 * --second ADDRESS: a boot that failed is begun anew with the other of two servers, and so by turns.
 *
 * --slow N, --slow-rtt MS: the first N nodes are far away and go in lock step (no windowsize).
 *
 * Round-trip time and loss are made here: outgoing datagrams wait in a delay line, one for the near and
 * one for the slow nodes; datagrams of both directions are dropped at random (fixed seed).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PROBING, FETCHING, DONE, FAILED };

struct node {
  int fd, phase, tries, boots, blksize, window, inWindow;
  int candidates;           /* bit 0: the file so far, bit 1: the other file so far */
  uint32_t next;            /* block wanted next, counted without wrapping */
  uint64_t received;
  uint64_t sentAt, startedAt, endedAt;
  struct sockaddr_in peer;  /* the server's own port once it has answered */
  bool hasPeer;
  int lastLength;
  uint8_t last[128];        /* for the resend after a timeout */
};

struct delayed { uint64_t dueAt; int node, fd, length; struct sockaddr_in to; uint8_t bytes[128]; };

/* What is sent into one line comes out in order, all of it after the same time. */
struct line { double rttMs; struct delayed *slots; size_t head, tail, size; };

static struct { const char *address, *from, *name, *path, *otherPath, *second; int port, nodes, slow, blksize, window, boots; bool probe; double rttMs, slowRttMs, loss, spreadMs; unsigned seed; } opt =
  { "127.0.0.1", "127.1.0.1", "ipxe.efi", NULL, NULL, NULL, 69, 1, 0, 1468, 4, 1, true, 0, 0, 0, 0, 1 };

static struct file { uint8_t *bytes; uint64_t size; } files[2];
static struct node *nodes;
static struct line lines[2]; /* of the near nodes, of the slow ones */
static struct sockaddr_in servers[2];
static int ep, switchedOn, ended, resends, restarts, mixtures;
static uint64_t datagrams;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static bool is_slow(const struct node *n) { return n - nodes < opt.slow; }

static struct line *line_of(const struct node *n) { return &lines[is_slow(n)]; }

static bool lost(void) { return opt.loss > 0 && (double)rand_r(&opt.seed) / RAND_MAX * 100 < opt.loss; }

static void transmit(int fd, const uint8_t *bytes, int length, const struct sockaddr_in *to) {
  if (lost()) return;
  sendto(fd, bytes, (size_t)length, 0, (const struct sockaddr *)to, sizeof *to);
}

static void send_now_or_later(struct node *n, const uint8_t *bytes, int length) {
  const struct sockaddr_in *to = n->hasPeer ? &n->peer : &servers[opt.second != NULL ? ((n - nodes) + n->boots) % 2 : 0];
  n->sentAt = now();
  if (bytes != n->last) memcpy(n->last, bytes, (size_t)length);
  n->lastLength = length;
  struct line *l = line_of(n);
  if (l->rttMs <= 0) { transmit(n->fd, bytes, length, to); return; }
  struct delayed *d = &l->slots[l->tail++ % l->size];
  if (l->tail - l->head > l->size) { fprintf(stderr, "delay line overflow\n"); exit(1); }
  d->dueAt = n->sentAt + (uint64_t)(l->rttMs * 1000);
  d->fd = n->fd; d->node = (int)(n - nodes); d->length = length; d->to = *to;
  memcpy(d->bytes, bytes, (size_t)length);
}

static void open_socket(struct node *n) {
  if (n->fd >= 0) close(n->fd);
  n->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int size = 1 << 20;
  setsockopt(n->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  /* Every node has an address of its own: on loopback 127.1.0.1 and so on. */
  uint32_t number = (uint32_t)(n - nodes);
  struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(ntohl(inet_addr(opt.from)) + number) };
  if (n->fd < 0 || bind(n->fd, (struct sockaddr *)&any, sizeof any) < 0) { perror("socket"); exit(1); }
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = (uint32_t)(n - nodes) };
  epoll_ctl(ep, EPOLL_CTL_ADD, n->fd, &event);
  n->hasPeer = false;
}

static int append(uint8_t *to, int at, const char *text) { int length = (int)strlen(text) + 1; memcpy(to + at, text, (size_t)length); return at + length; }

static void request(struct node *n) {
  char number[16];
  uint8_t bytes[128] = { 0, 1 };
  int length = append(bytes, 2, opt.name);
  length = append(bytes, length, "octet");
  if (opt.blksize != 512) {
    length = append(bytes, append(bytes, length, "tsize"), "0");
    snprintf(number, sizeof number, "%d", opt.blksize);
    length = append(bytes, append(bytes, length, "blksize"), number);
    if (opt.window > 1 && !is_slow(n)) {
      snprintf(number, sizeof number, "%d", opt.window);
      length = append(bytes, append(bytes, length, "windowsize"), number);
    }
  }
  open_socket(n);
  n->blksize = 512; n->window = 1; n->next = 1; n->inWindow = 0; n->received = 0; n->tries = 1; n->candidates = 3;
  send_now_or_later(n, bytes, length);
}

/* A boot that failed begins again with the size probe, as a boot manager that goes round its list does. */
static bool again(struct node *n) {
  if (++n->boots >= opt.boots) return false;
  restarts++;
  n->phase = opt.probe ? PROBING : FETCHING;
  request(n);
  return true;
}

static void finish(struct node *n, int phase) {
  if (phase == FAILED && again(n)) return;
  n->phase = phase; n->endedAt = now(); close(n->fd); n->fd = -1; ended++; }

/* A new datagram begins the 4 s x 6 anew (Mtftp4SendPacket), and any ACK the count of its window. */
static void acknowledge(struct node *n, uint32_t block) {
  n->tries = 1;
  uint8_t bytes[4] = { 0, 4, (uint8_t)(block >> 8), (uint8_t)block };
  n->inWindow = 0;
  send_now_or_later(n, bytes, 4);
}

/* The last datagram must leave by this socket: with a delay line it keeps its descriptor until then. */
static void keep_socket(const struct node *n) {
  struct line *l = line_of(n);
  if (l->rttMs <= 0) return;
  struct delayed *last = &l->slots[(l->tail - 1) % l->size];
  last->fd = dup(n->fd);
  last->node = -1;
}

static void abort_probe(struct node *n) {
  uint8_t bytes[] = "\0\5\0\10User aborted the transfer";
  send_now_or_later(n, bytes, sizeof bytes);
  n->phase = FETCHING;
  keep_socket(n);
  request(n);
}

static void option_ack(struct node *n, const uint8_t *bytes, ssize_t length) {
  const char *at = (const char *)bytes + 2, *end = (const char *)bytes + length;
  while (at < end) {
    const char *value = at + strlen(at) + 1;
    if (value >= end) break;
    if (!strcasecmp(at, "blksize")) n->blksize = atoi(value);
    if (!strcasecmp(at, "windowsize")) n->window = atoi(value);
    at = value + strlen(value) + 1;
  }
  if (n->phase == PROBING) abort_probe(n);
  else if (n->next == 1) acknowledge(n, 0); /* a late OACK is ignored */
}

/* The end of the file that it has been so far; of two that begin alike, the one that is as long. */
static bool is_whole(struct node *n) {
  for (int i = 0; i < 2; i++) if (n->received != files[i].size) n->candidates &= ~(1 << i);
  return n->candidates != 0;
}

static void data(struct node *n, const uint8_t *bytes, ssize_t length) {
  uint16_t block = (uint16_t)(bytes[2] << 8 | bytes[3]);
  if (n->phase == PROBING) { abort_probe(n); return; } /* a server without options: the probe ends all the same */
  if (block != (uint16_t)n->next) {
    /* edk2 answers every unexpected block, a gap or an old one, with the last good one. */
    acknowledge(n, n->next - 1);
    return;
  }
  uint64_t size = (uint64_t)length - 4;
  for (int i = 0; i < 2; i++)
    if (n->received + size > files[i].size || memcmp(bytes + 4, files[i].bytes + n->received, size) != 0) n->candidates &= ~(1 << i);
  if (n->candidates == 0) { mixtures++; finish(n, FAILED); return; }
  n->received += size;
  n->next++;
  if (size < (uint64_t)n->blksize) { acknowledge(n, n->next - 1); keep_socket(n); finish(n, is_whole(n) ? DONE : FAILED); return; }
  if (++n->inWindow >= n->window) acknowledge(n, n->next - 1);
}

static void arrived(struct node *n) {
  static uint8_t bytes[65536];
  struct sockaddr_in from;
  while (n->phase < DONE) {
    socklen_t size = sizeof from;
    int fd = n->fd;
    ssize_t length = recvfrom(fd, bytes, sizeof bytes - 1, 0, (struct sockaddr *)&from, &size);
    if (length < 4) return;
    datagrams++;
    if (lost()) continue;
    if (n->hasPeer && from.sin_port != n->peer.sin_port) continue;
    bytes[length] = 0;
    n->peer = from; n->hasPeer = true;
    if (bytes[1] == 6) option_ack(n, bytes, length);
    else if (bytes[1] == 3) data(n, bytes, length);
    else if (bytes[1] == 5) { if (opt.boots == 1) fprintf(stderr, "refused: %s\n", bytes + 4); finish(n, FAILED); }
    if (n->fd != fd) return;
  }
}

static void timeouts(void) {
  uint64_t t = now();
  for (int i = 0; i < opt.nodes; i++) {
    struct node *n = &nodes[i];
    if (n->phase >= DONE || n->fd < 0 || t - n->sentAt < 4000000) continue;
    if (++n->tries > 6) { fprintf(stderr, "node %d gave up %s block %u, %s\n", i, n->phase == PROBING ? "probing," : "at", n->next, n->hasPeer ? "answered before" : "never answered"); finish(n, FAILED); continue; }
    resends++;
    send_now_or_later(n, n->last, n->lastLength);
  }
}

static void flush_line(struct line *l) {
  uint64_t t = now();
  while (l->head != l->tail && l->slots[l->head % l->size].dueAt <= t) {
    struct delayed *d = &l->slots[l->head++ % l->size];
    if (d->node >= 0 && nodes[d->node].fd != d->fd) continue;
    transmit(d->fd, d->bytes, d->length, &d->to);
    if (d->node < 0) close(d->fd);
  }
}

/* Switches on the nodes whose time has come. */
static void begin_due(uint64_t begun) {
  double passedMs = (double)(now() - begun) / 1000;
  for (; switchedOn < opt.nodes && opt.spreadMs * switchedOn <= passedMs * opt.nodes; switchedOn++) {
    struct node *n = &nodes[switchedOn];
    n->phase = opt.probe ? PROBING : FETCHING;
    n->startedAt = now();
    request(n);
  }
}

/* Until the next datagram of a delay line is due; a wait of its own would keep a processor busy. */
static long idle_nanoseconds(void) {
  uint64_t t = now(), dueAt = t + (switchedOn < opt.nodes ? 1000 : 50000);
  for (int i = 0; i < 2; i++) {
    struct line *l = &lines[i];
    if (l->head != l->tail && l->slots[l->head % l->size].dueAt < dueAt) dueAt = l->slots[l->head % l->size].dueAt;
  }
  return dueAt <= t ? 0 : (long)(dueAt - t) * 1000;
}

static struct line new_line(double rttMs) {
  size_t size = (size_t)opt.nodes * 64 + 1024;
  return (struct line){ .rttMs = rttMs, .size = size, .slots = calloc(size, sizeof(struct delayed)) };
}

static int by_value(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return x < y ? -1 : x > y; }

static void options(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *name = argv[i], *value = argv[i + 1];
    if (!strcmp(name, "--server")) opt.address = value;
    else if (!strcmp(name, "--from")) opt.from = value;
    else if (!strcmp(name, "--port")) opt.port = atoi(value);
    else if (!strcmp(name, "--name")) opt.name = value;
    else if (!strcmp(name, "--file")) opt.path = value;
    else if (!strcmp(name, "--other")) opt.otherPath = value;
    else if (!strcmp(name, "--second")) opt.second = value;
    else if (!strcmp(name, "--nodes")) opt.nodes = atoi(value);
    else if (!strcmp(name, "--slow")) opt.slow = atoi(value);
    else if (!strcmp(name, "--slow-rtt")) opt.slowRttMs = atof(value);
    else if (!strcmp(name, "--blksize")) opt.blksize = atoi(value);
    else if (!strcmp(name, "--window")) opt.window = atoi(value);
    else if (!strcmp(name, "--boots")) opt.boots = atoi(value);
    else if (!strcmp(name, "--probe")) opt.probe = atoi(value) != 0;
    else if (!strcmp(name, "--rtt")) opt.rttMs = atof(value);
    else if (!strcmp(name, "--loss")) opt.loss = atof(value);
    else if (!strcmp(name, "--spread")) opt.spreadMs = atof(value);
    else if (!strcmp(name, "--seed")) opt.seed = (unsigned)atoi(value);
    else { fprintf(stderr, "unknown option %s\n", name); exit(2); }
  }
  if (opt.path == NULL) { fprintf(stderr, "--file is missing\n"); exit(2); }
}

static struct file map_file(const char *path) {
  int fd = open(path, O_RDONLY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) < 0) { perror(path); exit(1); }
  uint64_t size = (uint64_t)st.st_size;
  return (struct file){ mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0), size };
}

static struct sockaddr_in server_at(const char *address) {
  return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)opt.port), .sin_addr.s_addr = inet_addr(address) };
}

int main(int argc, char **argv) {
  options(argc, argv);
  struct rlimit limit = { 65536, 65536 };
  setrlimit(RLIMIT_NOFILE, &limit);
  files[0] = map_file(opt.path);
  files[1] = map_file(opt.otherPath == NULL ? opt.path : opt.otherPath);
  servers[0] = server_at(opt.address);
  servers[1] = server_at(opt.second == NULL ? opt.address : opt.second);
  nodes = calloc((size_t)opt.nodes, sizeof *nodes);
  lines[0] = new_line(opt.rttMs);
  lines[1] = new_line(opt.slowRttMs);
  ep = epoll_create1(0);
  uint64_t begun = now();
  for (int i = 0; i < opt.nodes; i++) nodes[i].fd = -1;
  begin_due(begun);
  uint64_t checked = now();
  struct epoll_event events[512];
  while (ended < opt.nodes) {
    int count = epoll_pwait2(ep, events, 512, &(struct timespec){ .tv_nsec = idle_nanoseconds() }, NULL);
    for (int i = 0; i < count; i++) if (nodes[events[i].data.u32].phase < DONE) arrived(&nodes[events[i].data.u32]);
    flush_line(&lines[0]);
    flush_line(&lines[1]);
    begin_due(begun);
    if (now() - checked > 50000) { checked = now(); timeouts(); }
  }
  uint64_t lastEnd = begun, lastNearEnd = begun;
  double *times = calloc((size_t)opt.nodes, sizeof *times);
  int done = 0, others = 0;
  for (int i = 0; i < opt.nodes; i++) {
    if (nodes[i].phase == DONE && nodes[i].candidates == 2) others++;
    if (nodes[i].phase == DONE) times[done++] = (double)(nodes[i].endedAt - nodes[i].startedAt) / 1000;
    if (nodes[i].endedAt > lastEnd) lastEnd = nodes[i].endedAt;
    if (!is_slow(&nodes[i]) && nodes[i].endedAt > lastNearEnd) lastNearEnd = nodes[i].endedAt;
  }
  qsort(times, (size_t)done, sizeof *times, by_value);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  printf("{\"nodes\":%d,\"done\":%d,\"failed\":%d,\"totalMs\":%.1f,\"nearMs\":%.1f,\"medianMs\":%.1f,\"p99Ms\":%.1f,\"resends\":%d,\"restarts\":%d,\"mixtures\":%d,\"others\":%d,\"datagrams\":%llu,\"clientCpuMs\":%.0f}\n",
         opt.nodes, done, opt.nodes - done, (double)(lastEnd - begun) / 1000, (double)(lastNearEnd - begun) / 1000, done ? times[done / 2] : 0, done ? times[(int)(done * 0.99)] : 0, resends, restarts, mixtures, others, (unsigned long long)datagrams, cpu * 1000);
  return done == opt.nodes ? 0 : 3;
}
