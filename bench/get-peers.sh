#!/bin/sh
# tftpd-hpa and atftpd conflict as packages: unpacked side by side, neither is installed.
set -eu
to=${1:-/var/cache/emf-pxe-lab/tftp-servers}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for package in tftpd-hpa atftpd; do
  [ -d "$to/$package" ] && continue
  apt-get download "$package"
  mkdir -p "$to/$package"
  dpkg -x "$package"_*.deb "$to/$package"
done
