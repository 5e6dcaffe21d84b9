# shellcheck shell=bash
# What the deeper tests need, on a Debian machine. Sourced by .ci/run.

# Peers, firmware and tools; a test that finds one missing names the package.
packages=(
  atftp binutils busybox-static chromium cpio curl debootstrap dnsmasq-base docker.io fish iproute2 ipxe
  iptables isc-dhcp-server kea-dhcp4-server libcap2-bin nftables nginx-light openssl ovmf procps prometheus
  qemu-efi-aarch64 qemu-system-arm qemu-system-x86 qemu-user-static sbsigntool shellcheck shim-signed
  socat strace systemd-container tftp-hpa tmux tshark util-linux zsh
)
lab_tools=/var/cache/emf-pxe-lab/bin
declare -A go_modules=(
  [helm]=helm.sh/helm/v3/cmd/helm@v3.19.0
  [kubeconform]=github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
)

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

# Helm and kubeconform are not in Debian.
install_go_tools() {
  local tool
  if ! command -v go >/dev/null; then
    echo 'Go tools: no go on this machine, helm and kubeconform must be in PATH'
    return 0
  fi
  for tool in "${!go_modules[@]}"; do
    if [ -x "$lab_tools/$tool" ]; then
      echo "$tool: already installed"
    else
      GOBIN="$lab_tools" limit 10m go install "${go_modules[$tool]}" || return 1
      echo "$tool: is now installed"
    fi
  done
}

install_npm_packages() {
  limit 10m npm ci --no-audit --no-fund
}
