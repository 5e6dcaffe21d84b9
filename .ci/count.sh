# shellcheck shell=bash
# Running a level, and adding up what it says. Sourced by .ci/run.

passed=0
failed=0

# A command of which only the exit code counts: NAME COMMAND…
step() {
  local name=$1 status
  perform "$@"
  status=$?
  add $((status == 0)) $((status != 0))
  [ "$status" -eq 0 ] || show_end "$status" "$(log_of "$name")"
}

# A run of Node's test runner, whose own counts are added: NAME COMMAND… A skipped test has failed, but
# with skips=elsewhere, where another level has it. With again=once a run that failed is repeated, and says
# so: real firmware on a machine without KVM can miss a window of its own making. The repeat counts.
tests() {
  local name=$1 log status good bad
  log=$(log_of "$name")
  run_tests "$@"
  if [ "$bad" -ne 0 ] && [ "${again:-never}" = once ]; then
    show_end "$status" "$log"
    printf '   %d failed after %d s: once more\n' "$bad" $((SECONDS - started))
    run_tests "$@"
  fi
  add "$good" "$bad"
  sed -nE "s/^ *﹣ (.*) \([0-9.]+ms\) # ($impossible)/   not possible here: \1: \2/p" "$log"
  [ "$bad" -eq 0 ] || show_end "$status" "$log"
}

# Sets status, good and bad of its caller.
run_tests() {
  perform "$@"
  status=$?
  good=$(reported pass "$log")
  bad=$(($(reported fail "$log") + $(reported cancelled "$log") + $(reported todo "$log")))
  [ "${skips:-failures}" = elsewhere ] || bad=$((bad + $(skipped "$log" | wc -l)))
  # A run that broke off, or that found no test, has failed even when it names none.
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
}

# What no package can bring.
impossible='this kernel has no .*'

# The names of skipped tests in a log, each with its reason, but those that this kernel makes impossible.
skipped() { sed -nE 's/^ *﹣ (.*) \([0-9.]+ms\)/\1/p' "$1" | grep -vE "# $impossible" | sort -u; }

# Fails, and names them, when tests were skipped in both logs: LOG LOG
ran_somewhere() {
  local never
  never=$(comm -12 <(skipped "$1" | sed 's/ # .*//') <(skipped "$2" | sed 's/ # .*//'))
  [ -z "$never" ] || {
    printf 'skipped: %s\n' "${never//$'\n'/$'\n'skipped: }"
    return 1
  }
}

# Runs a command with its output in a file; remembers when it started.
perform() {
  local name=$1
  shift
  echo "== $name"
  started=$SECONDS
  "$@" >"$(log_of "$name")" 2>&1 </dev/null
}

add() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  printf '   %d passed, %d failed, %d s\n' "$1" "$2" $((SECONDS - started))
}

log_of() { echo "${logs:?}/${1//[^a-zA-Z0-9.]/_}.log"; }

# The number that Node's spec reporter gives for pass, fail, cancelled or todo; 0 when it gives none.
reported() {
  sed -n "s/^[^a-z]* *$1 \([0-9][0-9]*\)\$/\1/p" "$2" | tail -n 1 | grep . || echo 0
}

show_end() {
  echo "--- exit code $1"
  if grep -q 'failing tests:$' "$2"; then sed -n '/failing tests:$/,$p' "$2" | head -n 400; else ends_of "$2"; fi
  [ "${skips:-failures}" = elsewhere ] || skipped "$2" | head -n 20
}

# The first lines often say what is wrong, the last ones what came of it.
ends_of() {
  if [ "$(wc -l <"$1")" -gt 80 ]; then
    head -n 40 "$1"
    echo '   […]'
    tail -n 40 "$1"
  else
    cat "$1"
  fi
}

# COMMAND… for at most LIMIT: LIMIT COMMAND…
limit() { timeout --kill-after=30s "$@"; }
