export type Shell = 'bash' | 'zsh' | 'fish';

/** Printed instead of candidates where the shell is to complete file names. */
export const FILES = ':files';

// Each script asks `raftkv completion candidates` for the candidates, one per line. A failure prints nothing.

/** Bash splits words at `:` and `=`, so the whole line is passed, and only the last piece of a word comes back. */
const BASH = `# bash completion for raftkv
_raftkv() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == '${FILES}' ]]; then
      compopt -o default
      return
    fi
    COMPREPLY+=("$candidate")
  done < <("\${COMP_WORDS[0]}" completion candidates bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -F _raftkv raftkv
`;

const ZSH = `#compdef raftkv
_raftkv() {
  local line
  local -a lines pairs
  lines=("\${(@f)$("\${(Q)words[1]}" completion candidates zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  if [[ $lines[1] == '${FILES}' ]]; then
    _files
    return
  fi
  for line in $lines; do
    [[ -n $line ]] && pairs+=("$line")
  done
  (( $#pairs )) && _describe -V raftkv pairs
}
compdef _raftkv raftkv
`;

const FISH = `# fish completion for raftkv
function __raftkv_candidates
  set -l before (commandline -opc)
  set -l lines ($before[1] completion candidates fish -- $before[2..-1] (commandline -ct) 2>/dev/null)
  if test "$lines[1]" = '${FILES}'
    __fish_complete_path (commandline -ct)
  else
    string join \\n -- $lines
  end
end
complete -c raftkv -f -a '(__raftkv_candidates)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
