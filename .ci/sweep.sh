# shellcheck shell=bash
# What a run may not leave behind. Sourced by .ci/run, which has mounts, process ids and a temporary
# directory of its own, so that all that is seen here is the run's.

# Prints what is left over and cleans it up; fails when there was anything.
sweep() {
  local clean=0 leftover
  for leftover in $(left_processes); do
    echo "left over: process $leftover $(tr '\0' ' ' <"/proc/$leftover/cmdline" 2>/dev/null)"
    kill -KILL "$leftover" 2>/dev/null
    clean=1
  done
  for leftover in $(left_namespaces); do
    echo "left over: network namespace $leftover"
    ip netns delete "$leftover"
    rm -rf "/etc/netns/$leftover"
    clean=1
  done
  while read -r leftover; do
    echo "left over: mount $leftover"
    umount --lazy "$leftover"
    clean=1
  done < <(list_mounts | comm -13 "${work:?}/mounts-before" - | sort -r)
  while read -r leftover; do
    echo "left over: network interface $leftover"
    ip link delete "$leftover"
    clean=1
  done < <(list_links | comm -13 "${work:?}/links-before" -)
  while read -r leftover; do
    echo "left over: $leftover"
    rm -rf --one-file-system -- "$leftover"
    clean=1
  done < <(left_files)
  return "$clean"
}

remember_before() {
  list_mounts >"${work:?}/mounts-before"
  list_links >"${work:?}/links-before"
}

# All but this shell, the one that runs this function, and what that one starts.
left_processes() {
  local status pid parent
  for status in /proc/[0-9]*/status; do
    pid=$(sed -n 's/^Pid:\t//p' "$status" 2>/dev/null)
    parent=$(sed -n 's/^PPid:\t//p' "$status" 2>/dev/null)
    case " $$ $BASHPID " in
    *" $pid "*) ;;
    *) [ -z "$pid" ] || [ "$parent" = "$BASHPID" ] || echo "$pid" ;;
    esac
  done
}

left_namespaces() { ip netns list | cut -d' ' -f1; }
# /run/netns itself becomes a mount when the first namespace is made.
list_mounts() { cut -d' ' -f2 /proc/self/mounts | grep -v '^/run/netns' | sort; }
list_links() { ip -oneline link | sed -E 's/^[0-9]+: ([^:@]+).*/\1/' | sort; }
# Tools keep these caches for as long as the machine is up.
left_files() { find "${TMPDIR:?}" -mindepth 1 -maxdepth 1 ! -name 'tmux-*' ! -name node-compile-cache; }
