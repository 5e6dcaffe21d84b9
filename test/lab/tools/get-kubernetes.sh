#!/bin/sh
# Builds Kubernetes with Go into a directory, and prints it: one program and its five names. Does nothing
# when it is there. The first build takes long: 1500 packages.
#   sh test/lab/tools/get-kubernetes.sh [DIRECTORY]
set -eu

directory=${1:-${EMF_PXE_LAB_CACHE:-/var/cache/emf-pxe-lab}/bin}
source=$(dirname "$0")/kubernetes
component=k8s.io/component-base/version

main() {
  command -v go >/dev/null 2>&1 || {
    echo "get-kubernetes.sh: go is not installed (apt-get install golang, or https://go.dev/dl)" >&2
    exit 5
  }
  mkdir -p "$directory"
  version=$(sed -n 's,^require k8s.io/kubernetes ,,p' "$source/go.mod")
  stamp="$version $(cat "$source/main.go" "$source/go.mod" | cksum)"
  if [ "$(cat "$directory/kubernetes.version" 2>/dev/null)" != "$stamp" ]; then
    echo "building Kubernetes $version" >&2
    build
    echo "$stamp" >"$directory/kubernetes.version"
  fi
  echo "$directory"
}

build() {
  minor=${version#v1.}
  numbers="-X $component.gitVersion=$version -X $component.gitMajor=1 -X $component.gitMinor=${minor%%.*}"
  # go.mod names the one version that matters; -mod=mod lets Go write down the rest, in a copy.
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  cp "$source/main.go" "$source/go.mod" "$copy"
  (cd "$copy" && CGO_ENABLED=0 go build -mod=mod -ldflags "-s -w $numbers" -o kubernetes .)
  mv -f "$copy/kubernetes" "$directory/kubernetes"
  for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
    ln -sf kubernetes "$directory/$name"
  done
}

main
