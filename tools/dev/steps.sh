# Sourced by the tools, for work that takes its time: nobody has to guess whether it is still going on, and what a failing command
# said is there to read. Knows no single tool.
#
#   step WHAT HOW-LONG COMMAND…   runs the command and keeps what it says in the file $STEPS_LOG, which the tool has named. To a
#                                 terminal each line of it replaces the last one, to anything else all are printed. When it fails,
#                                 the end of it is shown, and where the rest is. Ends as the command does.
#   watched WHAT COMMAND…         runs a command that is to be read in full; to a terminal as it is, else with a sign of life
#   sign_of_life WHAT             copies lines, and says how long it has been waiting where none came for STEPS_SILENCE seconds
#
# HOW-LONG is for a person: "2 min" on an ordinary machine; it may be empty.
set -o pipefail
: "${STEPS_SILENCE:=8}"

# Calls the function $2 with each line of the standard input, and with a sign of life where there is none.
each_line() {
    local what=$1 show=$2 started=$SECONDS line partial="" status
    while true; do
        status=0
        IFS= read -r -t "$STEPS_SILENCE" line || status=$?
        partial+=$line
        if [ "$status" -gt 128 ]; then
            "$show" "" "    … still at it after $((SECONDS - started)) s: $what"
        elif [ "$status" -eq 0 ] || [ -n "$partial" ]; then
            "$show" line "$partial"
            partial=""
        fi
        [ "$status" -ne 1 ] || break
    done
}

print_line() { printf '%s\n' "$2"; }
sign_of_life() { each_line "$1" print_line; }

watched() {
    local what=$1
    shift
    if [ -t 1 ]; then "$@"; else "$@" 2>&1 | sign_of_life "$what"; fi
}

keep_line() {
    [ -z "$1" ] || printf '%s\n' "$2" >>"$STEPS_LOG"
    if [ -t 1 ]; then printf '\r\033[K%s' "${2:0:${COLUMNS:-80}-1}"; else printf '%s\n' "$2"; fi
}

step() {
    local what=$1 how_long=$2 status=0 started=$SECONDS before
    shift 2
    printf '%s%s\n' "$what" "${how_long:+ (about $how_long)}"
    printf '== %s: %s\n' "$what" "$*" >>"$STEPS_LOG"
    before=$(wc -l <"$STEPS_LOG")
    [ ! -t 1 ] || (:; :)  # the shell looks how wide the terminal is when a process has ended
    "$@" 2>&1 | each_line "$what" keep_line || status=${PIPESTATUS[0]}
    [ ! -t 1 ] || printf '\r\033[K'
    if [ "$status" -eq 0 ]; then
        printf '    done in %s s\n' "$((SECONDS - started))"
        return 0
    fi
    [ ! -t 1 ] || tail -n "+$((before + 1))" "$STEPS_LOG" | tail -n 40
    printf 'failed with status %s: %s; all that it said is in %s\n' "$status" "$what" "$STEPS_LOG" >&2
    return "$status"
}
