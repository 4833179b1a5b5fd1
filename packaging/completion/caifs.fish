# Completion of caifs for fish.

function __caifs_options
    printf '%s\t%s\n' \
        config= 'the configuration file' \
        ims_org= 'ID of the organisation' \
        api_key= 'the client ID' \
        sandbox_name= 'the sandbox' \
        token_file= 'a file with an access token' \
        token_command= 'a program that prints an access token' \
        scopes= 'scopes of the access token' \
        endpoint= 'the platform' \
        ims_endpoint= 'the token service' \
        dataset= 'show these datasets too' \
        only 'show only the datasets that dataset= names' \
        all_datasets 'show every dataset of the sandbox' \
        show_latest 'list latest' \
        ttl= 'how long a list is used' \
        memory= 'memory for file contents' \
        connections= 'parallel requests at the start' \
        no_parquet 'no prefetch by parquet column' \
        cache_dir= 'disk cache for what was read' \
        cache_size= 'ceiling of the disk cache' \
        offline 'show what the disk cache has, send no requests' \
        timeout= 'the longest wait of one operation' \
        cacert= 'CA certificates' \
        proxy= 'HTTP proxy' \
        log= 'log file' \
        allow_other 'all users may read' \
        allow_root 'root may read' \
        auto_unmount 'unmount when the program dies' \
        uid= 'owner of all files' \
        gid= 'group of all files' \
        umask= 'permissions to remove' \
        max_threads= 'threads for the kernel' \
        nonempty 'mount over a directory that is not empty' \
        context= 'an SELinux label' \
        fscontext= 'an SELinux label'
    for level in error warning info debug
        printf 'log_level=%s\tlevel of the log\n' $level
    end
    set -l item (string split , -- (commandline -ct))[-1]
    set -l name (string match -r '^(?:-o)?(config|token_file|cacert|cache_dir|log|token_command)=' -- $item)
    if set -q name[2]
        for file in (string replace -r '^[^=]*=' '' -- $item)*
            test -d $file; and set file $file/
            echo $name[2]=$file
        end
    end
end

function __caifs_configurations
    set -l home $XDG_CONFIG_HOME
    test -n "$home"; or set home $HOME/.config
    for file in $home/caifs/*.json /etc/caifs/*.json
        string replace -r '.*/(.*)\.json$' '$1' -- $file
    end
end

complete -c caifs -f
complete -c caifs -n __fish_use_subcommand -a doctor -d 'check what a mount needs'
complete -c caifs -n __fish_use_subcommand -a status -d 'show the state of mounts'
complete -c caifs -n __fish_use_subcommand -a export -d 'export audiences to a dataset'
set -l words audiences start status list cancel
set -l export "__fish_seen_subcommand_from export; and not __fish_seen_subcommand_from $words"
complete -c caifs -n "$export" -a audiences -d 'list audiences'
complete -c caifs -n "$export" -a start -d 'start an export job'
complete -c caifs -n "$export" -a status -d 'show a job'
complete -c caifs -n "$export" -a list -d 'list all jobs'
complete -c caifs -n "$export" -a cancel -d 'cancel a job'
set -l start '__fish_seen_subcommand_from export; and __fish_seen_subcommand_from start'
complete -c caifs -n "$start" -x -l audience -d 'what to export'
complete -c caifs -n "$start" -x -l dataset -d 'to this dataset'
complete -c caifs -n "$start" -x -l new-dataset -d 'to a new dataset of this name'
complete -c caifs -n "$start" -x -l fields -d 'only these fields'
complete -c caifs -n "$start" -x -l merge-policy -d 'how profiles are merged'
complete -c caifs -n "$start" -x -l since -d 'profiles that changed after it'
complete -c caifs -n '__fish_seen_subcommand_from export; and __fish_seen_subcommand_from start status' -l wait -d 'wait until it ends'
complete -c caifs -n __fish_use_subcommand -a warm -d 'fill the disk cache'
complete -c caifs -n 'not __fish_seen_subcommand_from warm' -a '(__caifs_configurations)' -d configuration
complete -c caifs -n 'not __fish_seen_subcommand_from warm' -a '(__fish_complete_directories (commandline -ct) mountpoint)'
complete -c caifs -n '__fish_seen_subcommand_from warm' -F
complete -c caifs -n '__fish_seen_subcommand_from warm' -l columns -x -d 'of parquet parts, these columns only'
complete -c caifs -n __fish_use_subcommand -a wait -d 'return when there is a newer batch'
complete -c caifs -n '__fish_seen_subcommand_from wait' -l since -x -d 'wait for a batch that is newer than'
complete -c caifs -n '__fish_seen_subcommand_from wait' -l timeout -x -d 'wait no longer than'
complete -c caifs -s o -x -a '(__fish_complete_list , __caifs_options)' -d options
complete -c caifs -s f -d 'stay in the foreground'
complete -c caifs -s d -d 'trace FUSE requests'
complete -c caifs -s h -l help -d 'print a summary'
complete -c caifs -s V -l version -d 'print versions'
complete -c caifs -l json -d 'print JSON'
