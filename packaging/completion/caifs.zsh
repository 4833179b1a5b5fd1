#compdef caifs
# Completion of caifs for zsh.

_caifs_configurations() {
    local -a configurations
    configurations=(${XDG_CONFIG_HOME:-$HOME/.config}/caifs/*.json(N:t:r) /etc/caifs/*.json(N:t:r))
    _describe -t configurations configuration configurations
}

_caifs_commands() {
    local -a commands
    commands=('doctor:check what a mount needs' 'status:show the state of mounts'
        'wait:return when there is a newer batch' 'warm:fill the disk cache'
        'export:export audiences to a dataset')
    _describe -t commands command commands
}

_caifs_options() {
    _values -s , option \
        'config[the configuration file]:file:_files' \
        'ims_org[ID of the organisation]:ID:' \
        'api_key[the client ID]:ID:' \
        'sandbox_name[the sandbox]:name:' \
        'token_file[a file with an access token]:file:_files' \
        'token_command[a program that prints an access token]:command:_command_names -e' \
        'scopes[scopes of the access token]:scopes:' \
        'endpoint[the platform]:URL:' \
        'ims_endpoint[the token service]:URL:' \
        'dataset[show these datasets too]:ID\:ID:' \
        'only[show only the datasets that dataset= names]' \
        'all_datasets[show every dataset of the sandbox]' \
        'show_latest[list latest]' \
        'ttl[how long a list is used]:seconds:' \
        'memory[memory for file contents]:size:' \
        'connections[parallel requests at the start]:number:' \
        'no_parquet[no prefetch by parquet column]' \
        'cache_dir[disk cache for what was read]:directory:_files -/' \
        'cache_size[ceiling of the disk cache]:size:' \
        'offline[show what the disk cache has, send no requests]' \
        'timeout[the longest wait of one operation]:seconds:' \
        'cacert[CA certificates]:file:_files' \
        'proxy[HTTP proxy]:URL:' \
        'log[log file]:file:_files' \
        'log_level[level of the log]:level:(error warning info debug)' \
        'allow_other[all users may read]' \
        'allow_root[root may read]' \
        'auto_unmount[unmount when the program dies]' \
        'uid[owner of all files]:number:' \
        'gid[group of all files]:number:' \
        'umask[permissions to remove]:octal:' \
        'max_threads[threads for the kernel]:number:' \
        'nonempty[mount over a directory that is not empty]' \
        'context[an SELinux label]:label:' \
        'fscontext[an SELinux label]:label:'
}

_caifs_export_commands() {
    local -a verbs
    verbs=('audiences:list audiences' 'start:start an export job'
        'status:show a job' 'list:list all jobs' 'cancel:cancel a job')
    _describe -t words word verbs
}

if [[ $words[2] == export ]]; then
    local -a more
    case $words[3] in
        start) more=('*--audience[what to export]:ID:'
            '(--new-dataset)--dataset[to this dataset]:ID:'
            '(--dataset)--new-dataset[to a new dataset of this name]:name:'
            '--fields[only these fields]:fields:'
            '--merge-policy[how profiles are merged]:ID:'
            '--since[profiles that changed after it]:time:'
            '--wait[wait until it ends]') ;;
        status) more=('--wait[wait until it ends]') ;;
    esac
    _arguments -s $more \
        '*-o+[options]:option:_caifs_options' \
        '--json[print JSON]' \
        '--help[print a summary]' \
        '1:command:' '2:word:_caifs_export_commands' '*: :_caifs_configurations'
    return
fi

if (( CURRENT > 2 )) && [[ $words[2] == warm ]]; then
    _arguments -s \
        '*--columns=[of parquet parts, these columns only]:columns:' \
        '--json[print JSON]' \
        '*: :_files'
    return
fi

_arguments -s \
    '-f[stay in the foreground]' \
    '-d[trace FUSE requests]' \
    '*-o+[options]:option:_caifs_options' \
    '(- *)'{-h,--help}'[print a summary]' \
    '(- *)'{-V,--version}'[print versions]' \
    '--json[print JSON]' \
    '--since[wait for a batch that is newer than]:time or batch:' \
    '--timeout[wait no longer than]:duration:' \
    '1: : _alternative "commands\:command\:_caifs_commands" "configurations\:configuration\:_caifs_configurations" "directories\:mountpoint\:_directories"' \
    '2:mountpoint:_directories'
