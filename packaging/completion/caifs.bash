# Completion of caifs for bash.
# COMPREPLY takes what compgen prints, split at blanks:
# shellcheck disable=SC2207

_caifs_options="config= ims_org= api_key= sandbox_name= token_file=
    token_command= endpoint= ims_endpoint= dataset= only all_datasets
    show_latest ttl= memory= connections= no_parquet cache_dir= cache_size=
    offline timeout= cacert= proxy= log= log_level= allow_other allow_root auto_unmount uid= gid= umask=
    max_threads= nonempty context= fscontext= scopes="
_caifs_commands="doctor status wait warm export"
_caifs_export_commands="audiences start status list cancel"

_caifs_configurations() {
    local file name
    for file in "${XDG_CONFIG_HOME:-$HOME/.config}"/caifs/*.json /etc/caifs/*.json; do
        [[ -e $file ]] || continue
        name=${file##*/}
        echo "${name%.json}"
    done
}

# The part of a list after its last comma: a name, or a value of a name.
_caifs_list() {
    local list=$1 before="" item one
    item=${list##*,}
    [[ $list == *,* ]] && before=${list%,*},
    case $item in
        log_level=*)
            COMPREPLY=($(compgen -P "${before}log_level=" -W "error warning info debug" -- "${item#*=}")) ;;
        config=* | token_file=* | cacert=* | cache_dir=* | log=* | token_command=*)
            compopt -o filenames 2>/dev/null
            local IFS=$'\n'
            COMPREPLY=($(compgen -P "$before${item%%=*}=" -f -- "${item#*=}")) ;;
        *=*) ;;
        *)
            for one in $(compgen -W "$_caifs_options" -- "$item"); do
                [[ ,$before == *,"$one"* ]] || COMPREPLY+=("$before$one")
            done
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] &&
                compopt -o nospace 2>/dev/null ;;
    esac
}

# The subcommand of export, then its options.
_caifs_export() {
    local word=$1 line=$2 flags="-o --json --help"
    if [[ $line =~ [[:space:]]export[[:space:]]+[^[:space:]-]*$ ]]; then
        COMPREPLY=($(compgen -W "$_caifs_export_commands" -- "$word"))
        return
    fi
    [[ $line =~ [[:space:]]export[[:space:]]+start[[:space:]] ]] &&
        flags+=" --audience --dataset --new-dataset --fields --merge-policy --since --wait"
    [[ $line =~ [[:space:]]export[[:space:]]+status[[:space:]] ]] && flags+=" --wait"
    [[ $word == -* ]] && COMPREPLY=($(compgen -W "$flags" -- "$word"))
}

_caifs() {
    local line=${COMP_LINE:0:COMP_POINT} word before prefix i
    COMPREPLY=()
    # The word as written on the line: readline splits it at '=' and ':'.
    word=${line##*[[:space:]]}
    before=${line%"$word"}
    before=${before%"${before##*[![:space:]]}"}
    before=${before##*[[:space:]]}
    if [[ $before == -o ]]; then
        _caifs_list "$word"
    elif [[ $word == -o* ]]; then
        _caifs_list "${word#-o}"
        COMPREPLY=("${COMPREPLY[@]/#/-o}")
    elif [[ $line =~ ^[[:space:]]*[^[:space:]]+[[:space:]]+export[[:space:]] ]]; then
        _caifs_export "$word" "$line"
    elif [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "-f -d -o -h -V --help --version --json --columns --since --timeout" -- "$word"))
    elif [[ ${COMP_WORDS[1]} == warm && $COMP_CWORD -gt 1 ]]; then
        compopt -o filenames 2>/dev/null
        local IFS=$'\n'
        COMPREPLY=($(compgen -f -- "$word"))
        return
    else
        compopt -o filenames 2>/dev/null
        local IFS=$'\n'
        COMPREPLY=($(compgen -d -- "$word"; compgen -W "$(_caifs_configurations)" -- "$word"))
        [[ $line =~ ^[[:space:]]*[^[:space:]]+[[:space:]]+[^[:space:]]*$ ]] &&
            COMPREPLY+=($(IFS=' '; compgen -W "$_caifs_commands" -- "$word"))
        return
    fi
    # Complete only what follows the last splitting character.
    for i in = :; do
        [[ $COMP_WORDBREAKS == *$i* && $word == *$i* ]] || continue
        prefix=${word%"${word##*"$i"}"}
        COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
        word=${word##*"$i"}
    done
}

complete -F _caifs caifs
