#compdef caifs
# Completion of caifs for zsh.

_caifs_configurations() {
    local -a configurations
    configurations=(${XDG_CONFIG_HOME:-$HOME/.config}/caifs/*.json(N:t:r) /etc/caifs/*.json(N:t:r))
    _describe -t configurations 'named configuration' configurations
}

_caifs_commands() {
    local -a commands
    commands=('doctor:check what a mount needs' 'status:ask mounts how they are'
        'wait:return when there is a newer batch' 'warm:fill the disk cache'
        'export:export audiences to a dataset')
    _describe -t commands command commands
}

_caifs_options() {
    _values -s , option \
        'config[the configuration file]:file:_files' \
        'ims_org[the organisation]:ID:' \
        'api_key[the client ID]:ID:' \
        'sandbox_name[the sandbox]:name:' \
        'token_file[a file with a token that is kept fresh]:file:_files' \
        'token_command[a program that prints a token]:command:_command_names -e' \
        'scopes[what a token is asked for]:scopes:' \
        'endpoint[the platform]:URL:' \
        'ims_endpoint[the token service]:URL:' \
        'dataset[these datasets too]:ID\:ID:' \
        'only[these datasets alone]' \
        'all_datasets[every dataset of the sandbox]' \
        'show_latest[list latest]' \
        'ttl[how old a list may be]:seconds:' \
        'memory[budget for the contents of files]:size:' \
        'connections[parallel connections to begin with]:number:' \
        'no_parquet[fetch nothing ahead by the column]' \
        'cache_dir[where to keep what was read]:directory:_files -/' \
        'cache_size[the most that the cache takes up]:size:' \
        'offline[show what the cache has, ask for nothing]' \
        'timeout[the longest wait of one operation]:seconds:' \
        'cacert[certificates to trust]:file:_files' \
        'proxy[a proxy]:URL:' \
        'log[where the log goes]:file:_files' \
        'log_level[how much the log says]:level:(error warning info debug)' \
        'allow_other[all users may read]' \
        'allow_root[root may read]' \
        'auto_unmount[unmount when the program dies]' \
        'uid[whom files belong to]:number:' \
        'gid[which group files belong to]:number:' \
        'umask[taken from the permissions]:octal:' \
        'max_threads[threads for the kernel]:number:' \
        'nonempty[mount over a directory that is not empty]' \
        'context[an SELinux label]:label:' \
        'fscontext[an SELinux label]:label:'
}

_caifs_export_words() {
    local -a verbs
    verbs=('audiences:what can be exported' 'start:start an export job'
        'status:how a job is' 'list:all jobs' 'cancel:ask for the end of a job')
    _describe -t words word verbs
}

if [[ $words[2] == export ]]; then
    local -a more
    case $words[3] in
        start) more=('*--audience[what to export]:ID:'
            '(--new-dataset)--dataset[to this dataset]:ID:'
            '(--dataset)--new-dataset[to one that is made for it]:name:'
            '--fields[these fields alone]:fields:'
            '--merge-policy[how profiles are merged]:ID:'
            '--since[profiles that changed after it]:time:'
            '--wait[follow it to its end]') ;;
        status) more=('--wait[follow it to its end]') ;;
    esac
    _arguments -s $more \
        '*-o+[options]:option:_caifs_options' \
        '--json[a report for scripts]' \
        '--help[print a summary]' \
        '1:command:' '2:word:_caifs_export_words' '*: :_caifs_configurations'
    return
fi

if (( CURRENT > 2 )) && [[ $words[2] == warm ]]; then
    _arguments -s \
        '*--columns=[of parquet parts, these columns only]:columns:' \
        '--json[a report for scripts]' \
        '*: :_files'
    return
fi

_arguments -s \
    '-f[stay in the foreground]' \
    '-d[trace FUSE requests]' \
    '*-o+[options]:option:_caifs_options' \
    '(- *)'{-h,--help}'[print a summary]' \
    '(- *)'{-V,--version}'[print versions]' \
    '--json[a report for scripts]' \
    '--since[wait for a batch that is newer than]:time or batch:' \
    '--timeout[wait no longer than]:duration:' \
    '1: : _alternative "commands\:command\:_caifs_commands" "configurations\:configuration\:_caifs_configurations" "directories\:mountpoint\:_directories"' \
    '2:mountpoint:_directories'
