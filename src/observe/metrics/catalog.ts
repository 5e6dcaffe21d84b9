/**
 * Every metric of ours, in one table: the registry is made from it, and `docs/operations.md`, the alert
 * rules and the Grafana dashboard are held against it. Labels take few values, whatever the network sends.
 */
export const counters = {
  emf_pxe_offers_total: {
    help: 'ProxyDHCP offers sent.',
    labels: ['interface', 'architecture', 'form'],
  },
  emf_pxe_boot_server_answers_total: {
    help: 'Answers sent from the PXE boot server port (4011).',
    labels: ['interface', 'architecture'],
  },
  emf_pxe_offer_fallbacks_total: {
    help: 'Nodes that asked again and get the other form of offer.',
    labels: ['interface', 'form'],
  },
  emf_pxe_requests_ignored_total: {
    help: 'DHCP requests that were not answered, by reason.',
    labels: ['interface', 'reason'],
  },
  emf_pxe_packets_dropped_total: {
    help: 'Datagrams that made no sense or came too often, by reason.',
    labels: ['interface', 'reason'],
  },
  emf_pxe_transfers_granted_total: {
    help: 'TFTP requests that were granted; firmware asks twice, first for the size.',
    labels: ['interface'],
  },
  emf_pxe_transfers_completed_total: {
    help: 'Boot files delivered whole.',
    labels: ['interface', 'architecture', 'protocol'],
  },
  emf_pxe_transfers_failed_total: {
    help: 'TFTP downloads that ended before the last block, by reason.',
    labels: ['interface', 'reason'],
  },
  emf_pxe_transfers_refused_total: {
    help: 'TFTP requests that were answered with an error, by reason.',
    labels: ['interface', 'reason'],
  },
  emf_pxe_sent_bytes_total: {
    help: 'Bytes of boot files delivered whole.',
    labels: ['interface', 'protocol'],
  },
  emf_pxe_resent_blocks_total: {
    help: 'TFTP blocks of completed downloads that had to be sent again.',
    labels: ['interface'],
  },
  emf_pxe_refreshes_total: {
    help: 'Looks at the orchestrator for a newer boot file, by outcome.',
    labels: ['outcome'],
  },
  emf_pxe_reloads_total: {
    help: 'Times the configuration was read again, by outcome.',
    labels: ['outcome'],
  },
} as const

export const histograms = {
  emf_pxe_transfer_duration_seconds: {
    help: 'Time from the request for a boot file to its last block.',
    labels: ['interface'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
  },
  emf_pxe_boot_file_delivery_seconds: {
    help: 'Time from the first offer to a node until it had its boot file.',
    labels: ['interface'],
    buckets: [1, 2.5, 5, 7.5, 10, 15, 30, 60, 120, 300],
  },
} as const

/** Read from the live feed at every scrape. */
export const gauges = {
  emf_pxe_build_info: { help: 'Always 1; the version is in the label.', labels: ['version'] },
  emf_pxe_start_time_seconds: { help: 'When the service started, Unix time.', labels: [] },
  emf_pxe_ready: {
    help: '1: answering on every configured interface, with a boot file that works.',
    labels: [],
  },
  emf_pxe_interface_listening: { help: '1: nodes on this interface are answered.', labels: ['interface'] },
  emf_pxe_boot_file_served: { help: '1: the boot file is in memory and served.', labels: ['architecture'] },
  emf_pxe_boot_file_bytes: { help: 'Size of the boot file being served.', labels: ['architecture'] },
  emf_pxe_boot_file_loaded_timestamp_seconds: {
    help: 'When the boot file being served was loaded, Unix time.',
    labels: ['architecture'],
  },
  emf_pxe_last_refresh_timestamp_seconds: {
    help: 'When the orchestrator was last asked for a newer boot file and answered, Unix time.',
    labels: [],
  },
  emf_pxe_certificate_expiry_timestamp_seconds: {
    help: 'When the orchestrator’s certificate expires, Unix time; there only once that is near.',
    labels: [],
  },
  emf_pxe_trust_mismatch: {
    help: '1: the boot file does not trust the certificate that the orchestrator serves.',
    labels: [],
  },
  emf_pxe_nodes: { help: 'Latest boots, by how they stand.', labels: ['outcome'] },
  emf_pxe_problems: { help: 'What is wrong at the moment, by severity.', labels: ['severity'] },
  emf_pxe_live_views: { help: 'Open watch and dashboard streams.', labels: [] },
} as const

export type CounterName = keyof typeof counters
export type HistogramName = keyof typeof histograms
export type GaugeName = keyof typeof gauges
