#!/bin/sh
# Installs emf-pxe: checks the program's checksum, copies it to /usr/local/bin and runs `emf-pxe init`
# with the arguments given here. What fails is undone.
#
#   sh install.sh                                     asks what it needs to know
#   sh install.sh --target systemd --interface eth1 --orchestrator edge.example.com --yes
#
# The program and SHA256SUMS are taken from the directory of this script, so a site without internet
# needs only a copy of it. With EMF_PXE_URL=https://… they are downloaded from there instead.
# EMF_PXE_SHA256=… is the checksum that you know from elsewhere: whoever can alter the program on a
# server can alter SHA256SUMS beside it. EMF_PXE_BIN=DIR installs to another directory.
#
# Everything is inside functions: a download that was cut short runs nothing.
set -eu

say() { printf '%s\n' "$*" >&2; }
fail() {
  code=$1
  shift
  say "install.sh: $*"
  exit "$code"
}

main() {
  directory=${EMF_PXE_BIN:-/usr/local/bin}
  program=$directory/emf-pxe
  work=
  before=
  replaced=no
  installed=no
  trap 'finish $?' EXIT
  trap 'exit 9' HUP INT TERM

  case ${1-} in
    -h | --help)
      usage
      exit 0
      ;;
  esac
  name=$(name_of_program)
  [ "$(id -u)" = 0 ] || fail 5 "installing to $directory needs root: sudo sh $0 $*"

  work=$(mktemp -d)
  fetch "$name"
  verify "$name"
  place "$work/$name"
  version=$("$program" --version 2>&1) ||
    fail 5 "$program does not run here ($version); it needs glibc 2.28 or newer and libstdc++"
  say "it is $version"
  installed=yes

  # Piped into sh, the script itself is on stdin; questions go to the terminal.
  if [ ! -t 0 ] && [ -r /dev/tty ] && (: </dev/tty) 2>/dev/null; then
    "$program" init "$@" </dev/tty
  else
    "$program" init "$@"
  fi
  keep_previous
  installed=settled
}

usage() {
  cat <<'TEXT'
Usage: sh install.sh [flags of `emf-pxe init`]

  --target systemd|docker|helm|deployment-package|none
  --interface NIC  --orchestrator FQDN  --yes        and more: emf-pxe init --help

Environment:
  EMF_PXE_URL=https://…  download the program and SHA256SUMS from there
  EMF_PXE_SHA256=…       checksum that the program must have, instead of SHA256SUMS
  EMF_PXE_BIN=DIR        install to DIR instead of /usr/local/bin
TEXT
}

name_of_program() {
  [ "$(uname -s)" = Linux ] || fail 5 "emf-pxe runs on Linux; this is $(uname -s)"
  case $(uname -m) in
    x86_64 | amd64) echo emf-pxe ;;
    aarch64 | arm64) echo emf-pxe-linux-arm64 ;;
    *) fail 5 "there is no emf-pxe for $(uname -m); there is one for x86_64 and for aarch64" ;;
  esac
}

fetch() {
  files="$1 SHA256SUMS"
  [ -z "${EMF_PXE_SHA256:-}" ] || files=$1
  if [ -n "${EMF_PXE_URL:-}" ]; then
    for file in $files; do
      say "downloading ${EMF_PXE_URL%/}/$file"
      download "${EMF_PXE_URL%/}/$file" "$work/$file"
    done
    return
  fi
  source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
  for file in $files; do
    [ -r "$source/$file" ] || fail 2 "$source/$file is missing: copy it beside this script, or set EMF_PXE_URL"
    cp "$source/$file" "$work/$file" || fail 5 "there is no room in $work; TMPDIR=DIR names another place"
  done
  say "taking $1 from $source"
}

download() {
  if command -v curl >/dev/null 2>&1; then
    curl --fail --silent --show-error --location --proto '=https,http' --connect-timeout 20 --retry 3 \
      --output "$2" "$1" && return
  elif command -v wget >/dev/null 2>&1; then
    wget --quiet --output-document="$2" "$1" && return
  else
    fail 5 "neither curl nor wget is installed; copy the program and SHA256SUMS beside this script instead"
  fi
  fail 6 "$1 could not be downloaded"
}

verify() {
  source_of_sum=EMF_PXE_SHA256
  wanted=$(printf '%s' "${EMF_PXE_SHA256:-}" | tr '[:upper:]' '[:lower:]')
  [ -n "$wanted" ] || wanted_from_sums "$1"
  seen=$(checksum "$work/$1")
  [ "$seen" = "$wanted" ] || fail 7 "$1 has sha256 $seen, $source_of_sum says $wanted: it was damaged or altered"
  say "sha256 $seen is the one in $source_of_sum"
}

wanted_from_sums() {
  source_of_sum=SHA256SUMS
  wanted=$(awk -v name="$1" '$2 == name || $2 == "*" name { print $1 }' "$work/SHA256SUMS")
  [ -n "$wanted" ] || fail 7 "SHA256SUMS has no line for $1"
}

checksum() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  else
    fail 5 "neither sha256sum nor openssl is installed, so nothing can be checked"
  fi
}

# Copies beside the target and renames: whoever starts the program meanwhile gets the old one or the new one.
place() {
  if [ -f "$program" ] && [ "$(checksum "$program")" = "$(checksum "$1")" ]; then
    say "$program is already this version"
    return
  fi
  mkdir -p "$directory" || fail 5 "$directory cannot be made; EMF_PXE_BIN=DIR names another place"
  fresh=$directory/.emf-pxe.new.$$
  cp "$1" "$fresh" || fail 5 "$directory cannot be written; EMF_PXE_BIN=DIR names another place"
  chmod 755 "$fresh"
  if [ -e "$program" ]; then
    before=$directory/.emf-pxe.before.$$
    cp -p "$program" "$before"
  fi
  mv -f "$fresh" "$program"
  replaced=yes
  if [ -n "$before" ]; then say "$program is replaced"; else say "$program is installed"; fi
}

# What `emf-pxe upgrade --back` returns to.
keep_previous() {
  [ -n "$before" ] || return 0
  mv -f "$before" "$program.previous"
  before=
}

finish() {
  code=$1
  [ -z "$work" ] || rm -rf "$work"
  rm -f "$directory/.emf-pxe.new.$$"
  [ "$code" != 0 ] || return 0
  if [ -n "$before" ]; then
    mv -f "$before" "$program"
    say "$program is the version of before again"
  elif [ "$replaced" = yes ]; then
    rm -f "$program"
    say "$program is removed again"
  fi
  if [ "$installed" = yes ]; then say "nothing was installed: emf-pxe init ended with $code"; fi
  exit "$code"
}

main "$@"
