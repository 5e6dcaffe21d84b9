#!/bin/sh
# Builds Helm and kubeconform with Go into a directory, and prints it. Does nothing when they are there.
#   sh test/lab/tools/get-helm.sh [DIRECTORY]
set -eu

helm=v3.19.0
kubeconform=v0.8.0
directory=${1:-${EMF_PXE_LAB_CACHE:-/var/cache/emf-pxe-lab}/bin}

main() {
  command -v go >/dev/null 2>&1 || {
    echo "get-helm.sh: go is not installed (apt-get install golang, or https://go.dev/dl)" >&2
    exit 5
  }
  mkdir -p "$directory"
  # Without these a Helm built from source takes every cluster for Kubernetes 1.20.
  capabilities="-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1 -X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=34"
  build helm "helm.sh/helm/v3/cmd/helm@$helm" "-s -w $capabilities"
  build kubeconform "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform" "-s -w"
  echo "$directory"
}

build() {
  version=${2##*@}
  if [ "$(cat "$directory/$1.version" 2>/dev/null)" = "$version" ]; then return; fi
  echo "building $1 $version" >&2
  GOBIN=$directory go install -ldflags "$3" "$2"
  echo "$version" >"$directory/$1.version"
}

main
