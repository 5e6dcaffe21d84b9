# shellcheck shell=bash
# What the deeper tests need, on a Debian machine. Sourced by .ci/run.

# Peers, firmware and tools; a test that finds one missing names the package.
packages=(
  atftp binutils busybox-static chromium containerd cpio curl debootstrap dnsmasq-base docker.io fish iproute2 ipxe
  iptables isc-dhcp-server kea-dhcp4-server libcap2-bin nftables nginx-light openssl ovmf procps prometheus
  qemu-efi-aarch64 qemu-system-arm qemu-system-x86 qemu-user-static runc sbsigntool shellcheck shim-signed
  socat strace systemd-container tftp-hpa tmux tshark util-linux zsh
)
lab_tools=/var/cache/emf-pxe-lab/bin

install_packages() {
  local wanted=() package
  for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      wanted+=("$package")
  done
  export DEBIAN_FRONTEND=noninteractive
  # The lists are wanted even when nothing is missing: the lab downloads a kernel package.
  limit 5m apt-get update --quiet=2 || return 1
  if [ "${#wanted[@]}" -eq 0 ]; then
    echo 'Debian packages: already installed'
    return 0
  fi
  without_services limit 20m apt-get install --yes --quiet=2 --no-install-recommends "${wanted[@]}" >/dev/null || return 1
  echo "Debian packages: ${wanted[*]} are now installed"
}

# Runs a command while Debian's packages may not start their services: a DHCP server that wakes up
# on the machine's own network would be no test of ours.
without_services() {
  local policy=/usr/sbin/policy-rc.d status
  if [ -e "$policy" ]; then
    "$@"
    return
  fi
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  "$@"
  status=$?
  rm -f "$policy"
  return "$status"
}

# Helm, kubeconform and Kubernetes are not in Debian; Go builds them, when they are not there yet.
install_go_tools() {
  command -v go >/dev/null || {
    echo 'no go on this machine: the Helm chart cannot be tested (apt-get install golang, or https://go.dev/dl)'
    return 1
  }
  limit 15m sh test/lab/tools/get-helm.sh "$lab_tools" || return 1
  # Ten minutes of one core's time where nothing is compiled yet.
  limit 60m sh test/lab/tools/get-kubernetes.sh "$lab_tools"
}

install_npm_packages() {
  limit 10m npm ci --no-audit --no-fund
}
