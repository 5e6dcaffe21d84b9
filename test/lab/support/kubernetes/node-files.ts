import { join } from 'node:path'

/** Everything in one directory; the image of the pod's first process is the one that the lab made. */
export function containerdConfiguration(directory: string, socket: string): string {
  return `version = 2
root = "${directory}/containerd"
state = "${directory}/containerd-run"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Root in a container or a small virtual machine may not protect a process from the OOM killer.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "${directory}/net"
`
}

export const pauseImage = 'docker.io/library/pause:lab'

/** No pod of these tests has a network of its own; without any configuration a node is never ready. */
export const networkConfiguration = JSON.stringify({
  cniVersion: '0.3.1',
  name: 'none',
  plugins: [{ type: 'loopback' }],
})

export function kubeletConfiguration(directory: string, socket: string, controlGroup: string): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${socket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${controlGroup}`,
    podLogsDir: join(directory, 'pods'),
    volumePluginDir: join(directory, 'plugins'),
    resolvConf: '/etc/resolv.conf',
    // The API server asks it for logs; nobody else is in this namespace.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    // It cannot set the machine's sysctls, and need not.
    featureGates: { KubeletInUserNamespace: true },
    // A full disk of the machine under test is no business of these tests, and images cannot come again.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'imagefs.available': '0%' },
    imageGCHighThresholdPercent: 100,
    failSwapOn: false,
    registerNode: true,
  })
}
