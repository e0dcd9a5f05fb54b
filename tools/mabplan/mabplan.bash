# Completion of mabplan for bash. Knows no command and no flag: both are asked of the program (`mabplan help`), so that they are its own.

# __mabplan_words COMMAND…: what may stand behind these words: commands, or else flags.
__mabplan_words() {
    "$@" | awk '/^[A-Za-z]+:/ { part = $1; next }
        part == "Subcommands:" && /^  [a-z]/ { print $1 }
        part == "Options:" && /^  -/ { split($1, names, ","); for (i in names) print names[i] }'
}

# __mabplan_values FLAG COMMAND…: the words that a flag may have, where they are few: "--error-on TEXT:{warning,error,never}".
__mabplan_values() {
    local flag=$1
    shift
    "$@" | awk -v flag="$flag" '/^  -/ {
        of_flag = 0
        split($1, names, ",")
        for (i in names) if (names[i] == flag) of_flag = 1
        if (of_flag && match($0, /:\{[a-z,]+\}/)) print substr($0, RSTART + 2, RLENGTH - 3) }' | tr , '\n'
}

_mabplan() {
    local word words current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    local -a ask=("$1" help)
    COMPREPLY=()
    words=$(__mabplan_words "${ask[@]}" 2>/dev/null)
    # from the program to the innermost command that the first words name
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == help ]] && continue  # of any command
        grep -qxF -e "$word" <<<"$words" && [[ $word != -* ]] || break
        ask+=("$word")
        words=$(__mabplan_words "${ask[@]}" 2>/dev/null)
    done
    if [[ $before == -* ]]; then
        local values
        values=$(__mabplan_values "$before" "${ask[@]}" 2>/dev/null)
        if [[ -n $values ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
            return
        fi
    fi
    [[ $current == -* ]] || words=$(sed '/^-/d' <<<"$words")
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return 0
}

# Where it knows of nothing, files are completed.
complete -o default -F _mabplan mabplan
